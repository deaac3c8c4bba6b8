"""The story of a run: prepare, open a store, load and watch, answer."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime

from loadline import k6, unanswered, unrecorded
from loadline.bench import Bench
from loadline.conclude import Conclusion, analyze_testid, without_samples
from loadline.errors import K6Error, PrometheusError
from loadline.interrupts import PATIENT
from loadline.journey import Journey
from loadline.live import Listener
from loadline.options import RunOptions
from loadline.prepare import prepare, recorded_by
from loadline.stack import binaries, process, prometheus
from loadline.stack.recorder import PATIENCE, Patience, prompt
from loadline.stack.store import open_store
from loadline.steering.choose import course_of, intent
from loadline.steering.course import Course
from rules.names import JOB, K6_JOB, TESTID

INTERRUPTED = "interrupted"
"""How a run ended that Ctrl-C did: see Plan."""


def run(
    options: RunOptions,
    bench: Bench,
    listener: Listener,
    true_capacity: float | None = None,
    patience: Patience = PATIENCE,
    course: Course | None = None,
) -> Conclusion:
    """Run one load test on ``bench`` and answer it; Ctrl-C stops the load, and what was seen is answered.

    ``course`` is another one than ``options`` ask for. A Prometheus that is lost for good stops the load too;
    raises PrometheusError where it cannot even be read afterwards.
    """
    binary, course = binaries.find("k6"), course or course_of(options)
    load, plan = prepare(options, binary, datetime.now(UTC), listener.say, course.begin())
    listener.say("starting Prometheus and the exporter" if options.prometheus_url is None else "looking at Prometheus")
    recorder = open_store(options, bench, load, listener.say, patience)
    client = prompt(recorder.client)
    plan = recorded_by(plan, client)
    testid = load.tags[TESTID]
    if options.prometheus_url is None:  # k6 1.2 and newer tell of themselves there; an older one is not found
        prometheus.scrape(bench.folder, K6_JOB, load.api_address, {JOB: K6_JOB, TESTID: testid})
    ends = "" if options.full else "it ends when enough is known; "
    listener.say(f"{testid}: {intent(options, plan)}, against {options.target}; {ends}Ctrl-C stops and answers")
    journey = Journey(course, load, plan, binary, options.objective, recorder, client, bench, listener, options.roles)
    cut_short = None
    try:
        journey.go()
        bench.interrupts.patience = PATIENT  # the load is over: what it showed is not to be lost now
    except KeyboardInterrupt:
        if not journey.begun:
            raise
        cut_short = INTERRUPTED
        listener.say("stopping k6; the answer so far follows")
        journey.child.stop(signal.SIGINT)
    except PrometheusError as lost:
        if not journey.begun:
            raise
        cut_short = k6.Ending.STOPPED.value
        bench.interrupts.patience = PATIENT
        listener.say(f"{lost.message}; stopping k6, and answering what can be read")
        journey.end()
    return _conclude(journey, cut_short, true_capacity)


def _conclude(journey: Journey, cut_short: str | None, true_capacity: float | None) -> Conclusion:
    child, recorder, started = journey.child, journey.recorder, journey.started
    now, log = time.time(), child.said()
    ended, failure = _ended(child, log, cut_short)
    plan = journey.planned().model_copy(update={"ended": ended})
    asked = (journey.testid, started, now, journey.objective, plan)
    told = recorder.read(lambda: analyze_testid(recorder.client, *asked, probes=True, roles=journey.roles))
    answer, timeline = told or (without_samples(journey.testid, started, now, k6.own_words(log), plan), None)
    answer = unanswered.told_in(unrecorded.told_in(answer, recorder.missed), k6.why_no_reply(log))
    return Conclusion(
        answer=answer.model_copy(update={"true_capacity": true_capacity}),
        timeline=timeline,
        interrupted=cut_short == INTERRUPTED,
        failure=failure,
        logs=journey.logs,
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
