"""The story of a run: prepare, open a store, load and watch, answer."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from loadline import k6
from loadline.bench import Bench
from loadline.conclude import Conclusion, analyze_testid, without_samples
from loadline.errors import K6Error, PrometheusError
from loadline.interrupts import PATIENT, Interrupts
from loadline.live import Snapshot, Watcher
from loadline.options import RunOptions
from loadline.prepare import prepare, recorded_by
from loadline.stack import binaries, process, prometheus
from loadline.stack.recorder import PATIENCE, Patience, Recorder, prompt
from loadline.stack.store import open_store
from loadline.text import one_line
from loadline.unrecorded import told_in
from rules.answer import Plan
from rules.durations import go_seconds
from rules.finding import Verdict
from rules.names import JOB, K6_JOB, TESTID
from rules.signals.signal import where

TICK_SECONDS = 1.0
INTERRUPTED = "interrupted"
"""How a run ended that Ctrl-C did: see Plan."""


@dataclass(frozen=True)
class Ears:
    """Whom a run tells what it does: sentences for a person, and a Snapshot a second."""

    say: Callable[[str], None]
    show: Callable[[Snapshot], None]


def run(
    options: RunOptions,
    bench: Bench,
    ears: Ears,
    true_capacity: float | None = None,
    patience: Patience = PATIENCE,
) -> Conclusion:
    """Run one load test on ``bench`` and answer it; Ctrl-C stops the load, and what was seen is answered.

    So does a Prometheus that is lost for good; raises PrometheusError where it cannot even be read afterwards.
    """
    binary = binaries.find("k6")
    load, plan = prepare(options, binary, datetime.now(UTC), ears.say)
    ears.say("starting Prometheus and the exporter" if options.prometheus_url is None else "looking at Prometheus")
    testid = load.tags[TESTID]
    recorder = open_store(options, bench, load, ears.say, patience)
    started, client = time.time(), prompt(recorder.client)
    plan = recorded_by(plan, client)
    if options.prometheus_url is None:  # k6 1.2 and newer tell of themselves there; an older one is not found
        prometheus.scrape(bench.folder, K6_JOB, load.api_address, {JOB: K6_JOB, TESTID: testid})
    ears.say(f"{testid}: up to {plan.max_vus or 0:,} VUs against {options.target}; Ctrl-C stops and answers")

    def verdict_so_far() -> str:
        told = analyze_testid(client, testid, started, time.time(), options.objective)
        known = told is not None and told[0].verdict is not Verdict.INCONCLUSIVE
        return one_line(told[0]) if told and known else "too early to tell"

    window = f"{round(4 * (go_seconds(load.push_interval) or 5.0))}s"
    watcher = Watcher(client, where(testid=testid), window, plan.seconds, verdict_so_far)
    command, env, log = k6.command(binary, load), k6.environment(load, recorder.client.url), bench.folder / "k6.log"
    child, cut_short = None, None
    try:
        with bench.interrupts.deferred():  # so that ``child`` is known where k6 has been started
            child = process.start("k6", command, log, bench.interrupts, bench.adopt, env)
        _follow(child, load, watcher, recorder, started, ears, bench.interrupts)
        bench.interrupts.patience = PATIENT  # the load is over: what it showed is not to be lost now
    except KeyboardInterrupt:
        if child is None:
            raise
        cut_short = INTERRUPTED
        ears.say("stopping k6; the answer so far follows")
        child.stop(signal.SIGINT)
    except PrometheusError as lost:
        if child is None:
            raise
        cut_short = k6.Ending.STOPPED.value
        bench.interrupts.patience = PATIENT
        ears.say(f"{lost.message}; stopping k6, and answering what can be read")
        _end(child, load)
    return _conclude(recorder, options, load, plan, child, started, cut_short, true_capacity)


def _follow(
    child: process.Child,
    load: k6.Load,
    watcher: Watcher,
    recorder: Recorder,
    started: float,
    ears: Ears,
    interrupts: Interrupts,
) -> None:
    """Show the run until its load is over, which a web dashboard that is still open may outlast.

    Raises PrometheusError where the rest of it would not be recorded.
    """
    while child.running:
        if interrupts.raised:  # and lost: Python drops what is raised while it finalises an object
            raise KeyboardInterrupt
        if load.web_dashboard and k6.load_ended(load.api_address):
            time.sleep((go_seconds(load.push_interval) or 0.0) + 1.0)  # its last push is still to come
            return
        recorder.mind(watcher.trouble)
        now = time.time()
        ears.show(watcher.look(now - started, now))
        time.sleep(TICK_SECONDS)  # not in Popen.wait: an interrupt there can leave its lock taken for ever


def _end(child: process.Child, load: k6.Load) -> None:
    """End the load as k6's API does it, which leaves its own words in the exit code; else by one signal."""
    if not (k6.ask_to_stop(load.api_address) and child.ends_within(process.STOP_SECONDS)):
        child.stop(signal.SIGINT)


def _conclude(
    recorder: Recorder,
    options: RunOptions,
    load: k6.Load,
    plan: Plan,
    child: process.Child,
    started: float,
    cut_short: str | None,
    true_capacity: float | None,
) -> Conclusion:
    now, log = time.time(), child.said()
    ended, failure = _ended(child, log, cut_short)
    testid = load.tags[TESTID]
    plan = plan.model_copy(update={"ended": ended})
    told = recorder.read(lambda: analyze_testid(recorder.client, testid, started, now, options.objective, plan))
    answer, timeline = told or (without_samples(testid, started, now, k6.own_words(log), plan), None)
    return Conclusion(
        answer=told_in(answer, recorder.missed).model_copy(update={"true_capacity": true_capacity}),
        timeline=timeline,
        interrupted=cut_short == INTERRUPTED,
        failure=failure,
        log=child.log,
        lingering=child if child.running else None,
    )


def _ended(child: process.Child, log: str, cut_short: str | None) -> tuple[str, K6Error | None]:
    """How the run came to its end, as a Plan has it, and k6's own fault where it was one."""
    if cut_short:
        return cut_short, None
    try:
        # One that still runs waits for the browser that holds its dashboard: its load is over.
        return k6.ending(child.process.returncode, log).value if not child.running else k6.Ending.FINISHED.value, None
    except K6Error as error:
        return k6.Ending.BROKEN.value, error
