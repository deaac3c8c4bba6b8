"""How often a comparison is right: ``make benchmark-compare``.

Pairs of simulated servers, drawn at random: equal ones, and ones of which the second does 5 % less. No server is the
same in every run: its speed varies by SPREAD from run to run, and the truth is its mean. Prints the table;
``--write`` puts it into docs/compare.md. The runs are nobody else's.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from rules.answer import Answer
from rules.compare import compare
from rules.comparison import Comparison, Outcome
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from tests.benchmarks.grading import ENOUGH
from tests.benchmarks.many import console, side_by_side, write_into
from tests.benchmarks.tables import table
from tests.simulator import Scenario, Service, random_scenario, simulate
from tests.simulator.truth import truth_of

SEEDS = range(70_000, 70_200)
RUNS = 3
SPREAD = 0.005
"""Standard deviation of a server's speed from run to run, relative."""
DROP = 0.05
MAX_REQUESTS = 120_000
PAGE = Path(__file__).parents[2] / "docs" / "compare.md"


@dataclass(frozen=True)
class Pair:
    """Two servers compared by one run each, and by RUNS each."""

    kind: str
    by_runs: dict[tuple[float, int], Comparison]
    """By the drop, and by how many runs there were a side."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="write the table into docs/compare.md")
    parser.add_argument("--spread", type=float, default=SPREAD, help="of a server's speed from run to run, relative")
    parser.add_argument("--pairs", type=int, default=len(SEEDS), help="only so many pairs")
    asked = parser.parse_args(arguments)
    if asked.write and (asked.spread, asked.pairs) != (SPREAD, len(SEEDS)):
        parser.error("the page shows all pairs at the usual spread: neither --pairs nor --spread with --write")
    told = list(side_by_side(partial(pair, spread=asked.spread), SEEDS[: asked.pairs]))
    text = page(told, asked.spread)
    console().print(text, markup=False)
    if asked.write:
        write_into(PAGE, "benchmark-compare", text)


def pair(seed: int, spread: float = SPREAD) -> Pair:
    """Three runs of one server, three of an equal one, and three of one that does DROP less, compared."""
    rng = np.random.default_rng(seed)
    scenario = _drawn(rng)
    sides = {drop: [_run(scenario, drop, spread, rng) for _ in range(RUNS)] for drop in (None, 0.0, DROP)}
    baseline = sides.pop(None)
    told = {
        (drop or 0.0, runs): compare(baseline[:runs], candidate[:runs])
        for drop, candidate in sides.items()
        for runs in (1, RUNS)
    }
    return Pair(scenario.name, told)


def slower(scenario: Scenario, share: float) -> Scenario:
    """The same with a server that does ``share`` less, whichever part of it is the limit."""
    server, longer = scenario.server, 1 / (1 - share)

    def longer_one(service: Service) -> Service:
        return replace(service, mean=service.mean * longer)

    limit = server.rate_limit
    changed = replace(
        server,
        service=longer_one(server.service),
        lock_seconds=server.lock_seconds * longer,
        tiers=tuple(replace(tier, service=longer_one(tier.service)) for tier in server.tiers),
        rate_limit=replace(limit, rate=limit.rate / longer) if limit else None,
    )
    return replace(scenario, server=changed)


def _drawn(rng: np.random.Generator) -> Scenario:
    """One that saturates, with enough information for ±3 %, and a truth that follows its speed exactly."""
    while True:
        scenario = random_scenario(rng, MAX_REQUESTS)
        if scenario.server.contention:  # its capacity is measured, and an equal one could not be told from 0.1 % less
            continue
        truth, less = truth_of(scenario), truth_of(slower(scenario, DROP))
        if truth.allows(Verdict.NOT_SATURATED) or not truth.max_throughput or not less.max_throughput:
            continue
        enough = (truth.information or 0.0) >= ENOUGH
        if enough and abs(less.max_throughput / truth.max_throughput / (1 - DROP) - 1) < 1e-3:
            return scenario


def _run(scenario: Scenario, drop: float | None, spread: float, rng: np.random.Generator) -> Answer:
    speed = float(np.exp(spread * rng.standard_normal())) * (1 - (drop or 0.0))
    seed = int(rng.integers(2**31))
    run = simulate(slower(scenario, 1 - speed), seed, f"{scenario.name}-{seed}")
    return judge(to_timeline(run.samples, run.testid))


def page(told: Sequence[Pair], spread: float = SPREAD) -> str:
    """The table and what it is of, in Markdown."""
    rows = []
    for (drop, runs), _ in told[0].by_runs.items():
        comparisons = [one.by_runs[drop, runs] for one in told]
        servers = f"{100 * drop:.0f} % less" if drop else "equal"
        rows.append([f"{servers}, {runs} run{'s' if runs > 1 else ''} a side", *_figures(comparisons, 1 - drop)])
    head = ["servers", *(outcome.words for outcome in Outcome), "interval holds the truth", "its half-width, median"]
    kinds = len({one.kind for one in told})
    return (
        f"{len(told)} pairs of each, servers and loads of {kinds} kinds, seeds {SEEDS[0]:,} to "
        f"{SEEDS[0] + len(told) - 1:,}; the speed of a server varies by {100 * spread:.1f} % from run to run. Verdicts "
        "are those on the whole (maximum throughput and SLO capacity); the interval is that of the maximum throughput."
        f"\n\n{table(head, rows)}\n\n{_rates(told)}"
    )


def _rates(told: Sequence[Pair]) -> str:
    """The two figures that a reader wants first."""

    def share(drop: float, runs: int, *outcomes: Outcome) -> str:
        found = sum(one.by_runs[drop, runs].verdict in outcomes for one in told)
        return f"{100 * found / len(told):.1f} %"

    different = [share(0.0, runs, Outcome.BETTER, Outcome.WORSE) for runs in (1, RUNS)]
    found = [share(DROP, runs, Outcome.WORSE) for runs in (1, RUNS)]
    return (
        f"Of the equal servers {different[0]} are called different by one run a side, and {different[1]} by {RUNS}; "
        f"of the drops {found[0]} are found by one, and {found[1]} by {RUNS}. An interval from one run a side holds "
        "the truth less often than it says, since what differs between runs is not in it."
    )


def _figures(comparisons: Sequence[Comparison], true: float) -> list[str]:
    spans = [
        (1 + one.max_throughput.low, 1 + one.max_throughput.high)
        for one in comparisons
        if one.max_throughput.low is not None and one.max_throughput.high is not None
    ]
    held = sum(low <= true <= high for low, high in spans)
    half = float(np.median([(high - low) / 2 for low, high in spans]))
    counts = [sum(one.verdict is outcome for one in comparisons) for outcome in Outcome]
    return [*(str(count or "·") for count in counts), f"{held} of {len(spans)}", f"{100 * half:.1f} %"]


if __name__ == "__main__":
    main()
