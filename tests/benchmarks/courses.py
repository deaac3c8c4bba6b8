"""One simulated server under a fixed ramp of ten minutes and under a run that steers itself; both against the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from loadline.steering.auto import AutoCourse
from loadline.steering.course import Course
from rules.answer import Answer
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.parts import PROBE, RAMP, kind
from rules.stopping import decide
from tests.benchmarks.grading import OURS, Graded, Told
from tests.simulator import Endpoint, Output, Scenario, Truth, random_scenario, simulate
from tests.simulator.capacity import counting_cv_squared, response_time
from tests.simulator.loads import MOST_VUS
from tests.simulator.steered import Steered, steer
from tests.simulator.truth import SUSTAINED_SECONDS, planned_vus, truth_of

MAX_REQUESTS = 120_000
"""Of a scenario's own run: keeps servers below 2,000 requests/s, so that all of this takes minutes."""
FIXED_SECONDS = 600.0
NO_RAMP = ("arrivals", "arrivals-without-vus", "light-arrivals", "constant", "constant-light", "short-spike")
"""Kinds that are what they are by a load that is no ramp."""
TOO_FEW_VUS = "unsaturated"
"""The kind whose VUs cannot fill the server: they are the most for a run that steers itself too."""


@dataclass(frozen=True)
class Pair:
    """The same server twice. Seconds are from the first request to the stop."""

    seed: int
    fixed: Graded
    steered: Graded
    fixed_requests: int
    requests: int
    seconds: float
    legs: tuple[str, ...]
    stops: tuple[str, ...]
    overshoot: float | None
    """The most VUs of the probe over the knee's; None where there is none."""
    missed: bool
    """What the server was to become later, it became after the stop: the fixed ramp has seen another server."""
    course: str
    """For a reader: each leg, and why it ended."""


def drawn(seed: int) -> Scenario | None:
    """The server of ``seed`` with a load of its own; None of a kind without a ramp."""
    found = random_scenario(np.random.default_rng(seed), MAX_REQUESTS)
    return None if found.name in NO_RAMP else ramped(found)


def ramped(found: Scenario) -> Scenario:
    """The same server, think time and most VUs under a ramp of FIXED_SECONDS.

    Times of the server's changes are those of such a run. The script makes one request, as k6/ramp.js does.
    """
    points = ((0.0, 1.0), (FIXED_SECONDS, float(round(found.load.most_vus))))
    load = replace(found.load, points=points, requests=(Endpoint(),), graceful_stop=0.0)
    return replace(_stretched(found), load=load, output=Output())


def pair(seed: int) -> Pair | None:
    """Both runs of the server of ``seed``."""
    scenario = drawn(seed)
    if scenario is None:
        return None
    most = round(scenario.load.most_vus) if scenario.name == TOO_FEW_VUS else MOST_VUS
    fixed = simulate(scenario, seed)
    course: Course = AutoCourse(scenario.load.think, most, None, decide)
    run = steer(course, scenario, seed)
    first, second = _graded(seed, fixed.scenario, judge(to_timeline(fixed.samples, None))), _of(seed, run)
    knee, probes = second.truth.knee_vus, [one for one in run.legs if kind(one.leg.name or "") == PROBE]
    return Pair(
        seed=seed,
        fixed=first,
        steered=second,
        fixed_requests=_replies(to_timeline(fixed.samples, None).totals),
        requests=run.requests,
        seconds=run.seconds,
        legs=tuple(kind(one.leg.name or "") for one in run.legs),
        stops=tuple(one.stop.reason if one.stop else "" for one in run.legs),
        overshoot=max(one.points[-1][1] for one in probes) / knee if knee else None,
        missed=_last_change(scenario) > run.seconds,
        course="; ".join(_told(run)),
    )


def extensions(one: Pair) -> int:
    """Ramps after the first."""
    return max(0, one.legs.count(RAMP) - 1)


def _stretched(scenario: Scenario) -> Scenario:
    """What happens to the server in its own run happens as late in one of FIXED_SECONDS, and lasts as long."""
    server, times = scenario.server, FIXED_SECONDS / scenario.load.seconds
    marks = [change.at for change in server.changes]
    marks += [server.scale_out.at] if server.scale_out else []
    marks += [server.outage.begin] if server.outage else []
    later = (times - 1.0) * min(marks, default=0.0)
    leak, out, outage = server.leak, server.scale_out, server.outage
    changed = replace(
        server,
        changes=tuple(replace(change, at=change.at + later) for change in server.changes),
        scale_out=replace(out, at=out.at + later) if out else None,
        outage=replace(outage, begin=outage.begin + later, end=outage.end + later) if outage else None,
        leak=replace(leak, at=leak.at * times, until=leak.until * times) if leak else None,
    )
    return replace(scenario, server=changed)


def _last_change(scenario: Scenario) -> float:
    server = scenario.server
    marks = [change.at for change in server.changes] + ([server.scale_out.at] if server.scale_out else [])
    return max(marks, default=0.0)


def _of(seed: int, run: Steered) -> Graded:
    return _graded(seed, run.scenario, run.answer)


def _graded(seed: int, scenario: Scenario, answer: Answer | None) -> Graded:
    told = Told(Verdict.INCONCLUSIVE)
    if answer:
        top = answer.max_throughput
        told = Told(answer.verdict, top.value, top.low, top.high)
    truth = _truth(scenario, told.value)
    return Graded(seed, scenario.name, truth, {OURS: told}, answer.because if answer else "no samples")


def _truth(scenario: Scenario, value: float | None) -> Truth:
    """The truth; where a limit was reached for SUSTAINED_SECONDS, but not clearly passed, either verdict is true.

    The number, if there is one, is held to the capacity in any case. So it is where a server did more before or after
    it was saturated without a doubt: ``value`` is held to whichever of the two it is nearer to.
    """
    truth, (grid, vus) = truth_of(scenario), planned_vus(scenario.load)
    sure = truth.max_throughput
    if truth.verdict is not Verdict.NOT_SATURATED and (sure is None or value is None or len(truth.regimes) < 2):
        return truth
    client = scenario.generator.capacity
    if sure is None and client < max(one.capacity for one in truth.regimes):
        lone = scenario.load.think_per_request + response_time(scenario.server)
        near_client = float((vus >= client * lone).sum()) / 10 >= SUSTAINED_SECONDS
        return replace(truth, also=(Verdict.GENERATOR_LIMITED,)) if near_client else truth
    during = {one: (grid >= one.start) & (grid < one.end) for one in truth.regimes}
    past = {one: float((mask & (vus >= one.knee_vus)).sum()) / 10 for one, mask in during.items()}
    near = [one for one in truth.regimes if past[one] >= SUSTAINED_SECONDS]
    if not near:
        return truth
    best = max(near, key=lambda one: one.capacity)
    if sure is not None and value is not None and abs(value - sure) <= abs(value - best.capacity):
        return truth
    squared = counting_cv_squared(scenario.load, scenario.server, best.capacity)
    return replace(
        truth,
        verdict=Verdict.SATURATED,
        also=truth.also if sure else (Verdict.NOT_SATURATED,),
        max_throughput=best.capacity,
        knee_vus=best.knee_vus,
        information=best.capacity * past[best] / (4270.0 * squared) if squared else np.inf,
    )


def _replies(totals: object) -> int:
    return round(sum(totals.values())) if isinstance(totals, dict) else 0


def _told(run: Steered) -> list[str]:
    return [
        f"{one.leg.name} {one.begin:.0f}-{one.end:.0f} s to {one.points[-1][1]:.0f} VUs ({one.leg.because}): "
        + (f"{one.stop.reason}, {one.stop.because}" if one.stop else "ended")
        for one in run.legs
    ]
