"""What confirmations say of simulated servers whose open-model SLO capacity is known: ``make benchmark-confirm``.

Each server is ramped, judged, and confirmed by the course that real runs take; what it can keep for ever is measured on
long steady runs of it. Prints the table; ``--write`` puts it into docs/confirm.md. The seeds are nobody else's, and no
threshold was chosen on them; ``--tuning`` takes others.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loadline.steering import held as steering
from loadline.steering.confirming import Confirming
from loadline.steering.course import Leg, Look
from rules.answer import Answer, Objective, SloCapacity
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.parts import Part, Stop
from rules.timeline import Timeline
from rules.wording import moment
from tests.benchmarks import walk
from tests.benchmarks.many import console, side_by_side, write_into
from tests.benchmarks.promises import LOOSEST, STRICTEST
from tests.benchmarks.tables import table
from tests.simulator import Scenario, Server, random_scenario, simulate
from tests.simulator.capacity import capacity, response_time
from tests.simulator.holds import held, seen
from tests.simulator.open_promise import slo_capacity
from tests.simulator.truth import is_constant

SEEDS = range(93_000, 93_060)
TUNING = range(20_000, 20_024)
MAX_REQUESTS = 60_000
FASTEST = 500.0
"""Requests/s: a hold of one that is faster takes long to simulate, and its queue settles at once."""
EVERY = 5.0
"""Seconds between two decisions."""
FIRST = {"ours": "as described above", "low": "always the interval's low", "value": "the value itself"}
"""Which rate is held first."""
PAGE = Path(__file__).parents[2] / "docs" / "confirm.md"


class Ramp:
    """The course before the confirmation, whose answer is there already."""

    def begin(self) -> Leg:
        return Leg(name="ramp")

    def decide(self, _leg: Leg, _look: Look) -> Stop | None:
        return None

    def then(self, _leg: Leg, _look: Look, _stop: Stop | None) -> Leg | None:
        return None


@dataclass(frozen=True)
class Tried:
    """The confirmations of one server: of each the rate, what was said of it, and after how many seconds."""

    holds: tuple[tuple[float, str, float], ...]

    @property
    def held(self) -> float | None:
        return next((rate for rate, said, _ in self.holds if said == "held"), None)

    @property
    def seconds(self) -> float:
        return sum(seconds for _, _, seconds in self.holds)


@dataclass(frozen=True)
class Confirmed:
    """One server. Rates are requests/s; ``true`` is None where not even a fifth of its capacity keeps the objective."""

    kind: str
    capacity: float
    true: float | None
    found: SloCapacity
    by_first: dict[str, Tried]
    """By the keys of FIRST."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/confirm.md")
    parser.add_argument("--tuning", action="store_true", help="on seeds on which thresholds may be chosen, one by one")
    asked = parser.parse_args(arguments)
    if asked.write and asked.tuning:
        parser.error("the page shows the seeds that were held back: not --tuning with --write")
    seeds = TUNING if asked.tuning else SEEDS
    told, out = list(side_by_side(confirmed, seeds)), console()
    for seed, one in zip(seeds, told, strict=True):
        if asked.tuning:
            out.print(f"{seed} {one}", markup=False)
    text = f"{page(told, seeds)}\n\n{walk.page()}"
    out.print(text, markup=False)
    if asked.write:
        write_into(PAGE, "benchmark-confirm", text)


def confirmed(seed: int) -> Confirmed:
    """The server of ``seed``, ramped, and confirmed from each of FIRST."""
    scenario, objective, answer = _ramped(seed)
    found, server = answer.slo_capacity or SloCapacity(), scenario.server
    by_rate: dict[float | None, Tried] = {}
    told = {}
    for first in FIRST:
        begun = answer.model_copy(update={"slo_capacity": _begun(found, first)})
        leg = Confirming(Ramp(), objective).then(Leg(name="ramp"), Look(begun, None), None)
        rate = leg.rate if leg else None
        by_rate[rate] = told[first] = by_rate.get(rate) or _confirm(server, objective, answer, leg, seed)
    true = slo_capacity(server, objective)
    return Confirmed(scenario.name, capacity(server, 0.0), true, found, told)


def _confirm(server: Server, objective: Objective, answer: Answer, leg: Leg | None, seed: int) -> Tried:
    """``leg`` and what follows on it."""
    course, tried = Confirming(Ramp(), objective), list[tuple[float, str, float]]()
    while leg is not None and leg.rate is not None and leg.seconds is not None:
        run = held(server, leg.rate, leg.seconds, seed + len(tried), leg.vus)
        stop, at = None, 0.0
        while stop is None and at + EVERY < leg.seconds:
            at += EVERY
            stop = course.decide(leg, _look(answer, leg, seen(run, at)))
        hold = seen(run, at if stop else None)
        final = steering.look(hold, leg, objective, stop)
        tried.append((leg.rate, final.said if final else "undecided", hold.end - hold.start))
        leg = course.then(leg, _look(answer, leg, hold), stop)
    return Tried(tuple(tried))


def _ramped(seed: int) -> tuple[Scenario, Objective, Answer]:
    """A server of one speed that the ramp saturates, a latency limit of its own, and the answer to the ramp."""
    rng = np.random.default_rng(seed)
    while True:
        scenario = random_scenario(rng, MAX_REQUESTS, lambda _: True)
        load, server = scenario.load, scenario.server
        changes = server.changes or server.scale_out or server.leak or server.outage or server.contention
        if changes or server.tiers or len(load.requests) > 1 or load.arrivals or is_constant(load):
            continue
        if not scenario.output.native_histograms or capacity(server, 0.0) > FASTEST:
            continue
        ratio = np.exp(rng.uniform(np.log(STRICTEST), np.log(LOOSEST)))
        objective = Objective(latency_seconds=float(f"{response_time(server) * ratio:.3g}"))
        run = simulate(scenario, seed)
        if run.truth.verdict is not Verdict.SATURATED:
            continue
        answer = judge(to_timeline(run.samples, run.testid), objective)
        if answer.slo_capacity is not None and answer.slo_capacity.low:
            return scenario, objective, answer


def _begun(found: SloCapacity, first: str) -> SloCapacity:
    """``found`` so that the rate held first is that one."""
    if found.value is None or first == "ours":
        return found
    return found.model_copy(update={"value": None, "low": found.value if first == "value" else found.low})


def _look(answer: Answer, leg: Leg, hold: Timeline) -> Look:
    part = Part(name=leg.name or "", start=moment(hold.start), end=moment(hold.end))
    return Look(answer.model_copy(update={"parts": [part]}), None, hold)


def page(told: Sequence[Confirmed], seeds: range) -> str:
    """The tables and what they are of, in Markdown."""
    kinds = len({one.kind for one in told})
    head = ["held first", "held at once", "1 to 4 steps down", "nothing held", "held / true, median", "lowest"]
    head += ["highest", "held above the truth", "by over 1 %", "seconds, median"]
    rows = [[words, *_figures(told, first)] for first, words in FIRST.items()]
    return (
        f"{len(told)} servers of {kinds} kinds, seeds {seeds[0]:,} to {seeds[-1]:,}, whose speed does not change but "
        "for pauses, each with a latency limit of 1.5 to 30 times what a lone request takes, for which the ramp found "
        "an SLO capacity. The truth is the highest rate that keeps the objective in runs of 120,000 requests, known to "
        f"about 1 % of the capacity.\n\n{table(head, rows)}"
    )


def _figures(told: Sequence[Confirmed], first: str) -> list[str]:
    tried = [one.by_first[first] for one in told]
    kept = [(one, one.by_first[first]) for one in told if one.by_first[first].held is not None]
    ratios = np.array([one.held / server.true for server, one in kept if one.held and server.true])
    never = sum(server.true is None for server, _ in kept)
    return [
        str(sum(len(one.holds) == 1 for _, one in kept)),
        str(sum(len(one.holds) > 1 for _, one in kept)),
        str(len(told) - len(kept)),
        *(f"{figure:.3f}" for figure in (np.median(ratios), ratios.min(), ratios.max())),
        str(int((ratios > 1.0).sum()) + never),
        str(int((ratios > 1.01).sum()) + never),
        f"{np.median([one.seconds for one in tried]):.0f}",
    ]


if __name__ == "__main__":
    main()
