"""A Course carried out: k6 started for each leg, watched, and ended when the course says so."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from loadline import k6, limits, part_words
from loadline.bench import Bench
from loadline.conclude import analyze_testid
from loadline.data import data
from loadline.live import VERDICT_COST_SHARE, VERDICT_SECONDS, Listener, Reader
from loadline.stack import process
from loadline.stack.recorder import Recorder
from loadline.steering.course import Course, Leg, Look
from loadline.text import one_line
from rules import parts
from rules.answer import Objective, Plan
from rules.durations import go_seconds
from rules.finding import Verdict
from rules.names import PART, TESTID
from rules.parts import Part, Stop
from rules.prometheus import Prometheus
from rules.reading import Memory
from rules.roles import BY_LABEL, Roles
from rules.signals.signal import where
from rules.wording import number, seconds

TICK_SECONDS = 1.0
DECISION_SECONDS, DECISION_COST_SHARE = 1.0, 0.05
"""Of a part: the VUs of a probe double within three seconds, so that a late decision costs the server something."""
NOTHING = Look(None, None)


@dataclass
class Journey:
    """One run on its way. ``client`` is asked without patience; ``recorder`` minds it."""

    course: Course
    load: k6.Load
    """Of the first leg; those after it differ by their script, variables and part."""
    plan: Plan
    binary: Path
    objective: Objective
    recorder: Recorder
    client: Prometheus
    bench: Bench
    listener: Listener
    roles: Roles = BY_LABEL
    started: float = field(default_factory=time.time)
    done: list[Part] = field(default_factory=list)
    """The parts so far, the one that runs included."""
    _memory: Memory = field(default_factory=Memory)
    """Parts that are over are not read again at each look."""
    _child: process.Child | None = None
    _look: Look = NOTHING
    _stop: Stop | None = None

    @property
    def begun(self) -> bool:
        """Whether a k6 was started."""
        return self._child is not None

    @property
    def child(self) -> process.Child:
        """The newest k6; raises RuntimeError before the first."""
        if self._child is None:
            raise RuntimeError("no k6 was started yet")
        return self._child

    @property
    def logs(self) -> tuple[Path, ...]:
        """What each k6 said, in their order."""
        return tuple(self._log(part.name) for part in self.done)

    @property
    def testid(self) -> str:
        return self.load.tags[TESTID]

    def go(self) -> None:
        """Every leg, one after another. Raises PrometheusError where the rest would not be recorded."""
        leg: Leg | None = self.course.begin()
        while leg is not None:
            self._rest(leg)
            self._ride(leg)
            if not self._may_go_on:
                return
            self._judge()  # once more, with its last push
            leg = self.course.then(leg, self._look, self._stop)

    def end(self) -> None:
        """End the load as k6's API does it, which leaves its own words in the exit code; else by one signal."""
        child = self.child
        if not (k6.ask_to_stop(self.load.api_address) and child.ends_within(process.STOP_SECONDS)):
            child.stop(signal.SIGINT)

    def planned(self) -> Plan:
        """The plan, with what was decided on the way."""
        told = self.plan.model_copy(update={"parts": self.done})
        ramps = [part for part in self.done if parts.kind(part.name) == parts.RAMP]
        if not ramps:
            return told if any(part.stop for part in self.done) else self.plan
        lengths = [part.seconds for part in ramps if part.seconds is not None]
        vus = max((part.vus for part in ramps if part.vus is not None), default=None)
        return told.model_copy(update={"vus": vus, "max_vus": vus, "seconds": sum(lengths) or None})

    @property
    def _may_go_on(self) -> bool:
        """Whether the last k6 came to its end by itself, or by our decision, without a fault."""
        if self.child.running:  # one that still shows its page is the last
            return False
        ending = k6.ENDINGS.get(self.child.process.returncode)
        return ending is k6.Ending.FINISHED or (ending is k6.Ending.STOPPED and self._stop is not None)

    def _rest(self, leg: Leg) -> None:
        if leg.pause:
            self.listener.say(f"a pause of {seconds(leg.pause)}, for the server to answer what is left")
            self._wait(leg.pause)
        if leg.because:
            load = f"at {number(leg.rate)} requests/s" if leg.rate is not None else f"up to {leg.vus or 0:,} VUs"
            self.listener.say(f"{leg.name or parts.RUN} {load}: {leg.because}")

    def _wait(self, length: float) -> None:
        deadline = time.monotonic() + length
        while (left := deadline - time.monotonic()) > 0:
            self._heed()
            time.sleep(min(left, TICK_SECONDS))

    def _ride(self, leg: Leg) -> None:
        """One k6, from its start until its load is over."""
        self._stop = None
        load, command, env = self._as_k6(leg)
        if shortfall := limits.raise_open_files(leg.vus or 0):
            self.listener.say(shortfall)
        name, begun = leg.name or parts.RUN, datetime.now(UTC)
        part = Part(
            name=name,
            start=begun,
            end=begun,
            vus=leg.vus,
            rate=leg.rate,
            seconds=leg.seconds,
            because=leg.because,
        )
        with self.bench.interrupts.deferred():  # so that the child is known where k6 has been started
            self._child = process.start("k6", command, self._log(name), self.bench.interrupts, self.bench.adopt, env)
            self.done.append(part)
        try:
            self._follow(self.child, leg, load)
        finally:
            self.done[-1] = part.model_copy(update={"end": datetime.now(UTC), "stop": self._stop})

    def _log(self, part: str) -> Path:
        return self.bench.folder / ("k6.log" if part == parts.RUN else f"k6-{part}.log")

    def _as_k6(self, leg: Leg) -> tuple[k6.Load, list[str], dict[str, str]]:
        load = replace(self.load, env={**self.load.env, **leg.env})
        if leg.name:
            tags = {**self.load.tags, PART: leg.name}
            load = replace(load, script=data("k6", leg.script), tags=tags)
        return load, k6.command(self.binary, load), k6.environment(load, self.recorder.client.url)

    def _follow(self, child: process.Child, leg: Leg, load: k6.Load) -> None:
        """Show the leg until its load is over, which a web dashboard that is still open may outlast."""
        push = go_seconds(load.push_interval) or 5.0
        often = (DECISION_SECONDS, DECISION_COST_SHARE) if leg.name else (VERDICT_SECONDS, VERDICT_COST_SHARE)
        reader = Reader(
            self.client,
            where(testid=self.testid),
            f"{round(4 * push)}s",
            leg.seconds or self.plan.seconds,
            lambda: self._decide(leg),
            leg.name,
            *often,
        )
        began = time.time()
        while child.running:
            self._heed()
            if load.web_dashboard and k6.load_ended(load.api_address):
                time.sleep(push + 1.0)  # its last push is still to come
                return
            self.recorder.mind(reader.trouble)
            now = time.time()
            self.listener.show(reader.look(now - began, now))
            if self._stop is not None:
                self.listener.say(f"{leg.name or 'the run'} stopped: {self._stop.because}")
                self.end()
                return
            time.sleep(TICK_SECONDS)  # not in Popen.wait: an interrupt there can leave its lock taken for ever

    def _decide(self, leg: Leg) -> str:
        """The verdict so far, in words; whether the leg is to end is decided by the way."""
        self._judge()
        if self._look.main is not None or self._look.hold is not None:
            self._stop = self.course.decide(leg, self._look)
        answer = self._look.answer
        if leg.name and parts.kind(leg.name) == parts.CONFIRMATION:
            return part_words.so_far(answer, self.done[-1].start) if answer else "too early to tell"
        known = answer is not None and answer.verdict is not Verdict.INCONCLUSIVE
        return one_line(answer) if answer and known else "too early to tell"

    def _judge(self) -> None:
        asked = (self.testid, self.started, time.time(), self.objective, self.planned())
        told = analyze_testid(self.client, *asked, read=self._memory.read, roles=self.roles)
        if told is None:
            self._look = NOTHING
            return
        answer, timeline = told
        hold = timeline.holds[-1] if timeline is not None and timeline.holds else None
        self._look = Look(answer, timeline, hold)

    def _heed(self) -> None:
        if self.bench.interrupts.raised:  # and lost: Python drops what is raised while it finalises an object
            raise KeyboardInterrupt
