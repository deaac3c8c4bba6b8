"""Time to the answer, and its error, of runs that find their own range: ``make benchmark-steering``.

Each simulated server is loaded by a fixed ramp of ten minutes, and again by a run that steers itself. Prints the
tables; ``--write`` puts them into docs/steering.md. Single runs of HELD_BACK are not to be looked at, lest they be
tuned on: ``--seeds 20000-20039 --failures`` shows those of other seeds one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks.courses import FIXED_SECONDS, MAX_REQUESTS, NO_RAMP, Pair, extensions, pair
from tests.benchmarks.grading import OURS, Graded
from tests.benchmarks.many import asked, console, side_by_side, write_into
from tests.benchmarks.summary import WITHIN, summary
from tests.benchmarks.tables import share, table
from tests.simulator.draw import SHORTEST_SECONDS

HELD_BACK = range(83_000, 83_150)
PAGE = Path(__file__).parents[2] / "docs" / "steering.md"


def main(arguments: Sequence[str] | None = None) -> None:
    told = asked(__doc__, arguments, HELD_BACK, PAGE)
    found = [one for one in side_by_side(pair, told.seeds, told.processes) if one is not None]
    text, out = page(found, told.seeds), console()
    out.print(text, markup=False)
    for one in found if told.failures else []:
        if not fine(one):
            out.print(_failure(one), markup=False)
    if told.write:
        write_into(PAGE, "benchmark-steering", text)


def fine(one: Pair) -> bool:
    """Whether the run that steered itself has the right verdict, a number within 3 % if any, and was no slower."""
    error = one.steered.error(OURS)
    return one.steered.right(OURS) and (error is None or abs(error) <= WITHIN) and one.seconds <= FIXED_SECONDS


def page(found: Sequence[Pair], seeds: range) -> str:
    """The tables and what they are of, in Markdown."""
    kinds = sorted({one.steered.kind for one in found})
    seconds = np.array([one.seconds for one in found])
    return (
        f"{len(found)} simulated servers of {len(kinds)} kinds: seeds {seeds[0]:,} to {seeds[-1]:,}, which nothing was "
        f"chosen on, without the {len(seeds) - len(found)} whose kind is a load that is no ramp "
        f"({', '.join(NO_RAMP)}). Up to {MAX_REQUESTS / SHORTEST_SECONDS:,.0f} requests/s, scripts of one request. "
        f"Each is loaded once by a ramp of {FIXED_SECONDS:.0f} s to VUs that somebody knew to fit, once by a run that "
        f"knows nothing but the think time.\n\n{_sides(found)}\n\n"
        f"Half of the runs knew their answer within **{np.median(seconds):.0f} s**, a share of "
        f"{np.median(seconds) / FIXED_SECONDS:.2f} of the fixed ramp's time. {_ways(found)}\n\n{_kinds(found, kinds)}"
    )


def _sides(found: Sequence[Pair]) -> str:
    seconds = np.array([one.seconds for one in found])
    steered, fixed = [one.steered for one in found], [one.fixed for one in found]
    rows = [
        ["fixed ramp", f"{FIXED_SECONDS:.0f} s", f"{FIXED_SECONDS:.0f} s", *_figures(fixed)],
        ["steers itself", *(f"{np.quantile(seconds, q):.0f} s" for q in (0.5, 0.9)), *_figures(steered)],
    ]
    seen = [one for one in found if not one.missed]
    rows.append(["… but for changes after its stop", *_quantiles(seen), *_figures([one.steered for one in seen])])
    enough = [one for one in seen if one.steered.enough]
    rows.append(["… and with enough information", *_quantiles(enough), *_figures([one.steered for one in enough])])
    head = ["run", "time, median", "90 %", "runs", "wrong verdicts", "within 3 %", "median error", "95th percentile"]
    return table([*head, "worst", "covers"], rows)


def _quantiles(found: Sequence[Pair]) -> list[str]:
    return [f"{np.quantile([one.seconds for one in found], q):.0f} s" for q in (0.5, 0.9)] if found else ["–", "–"]


def _figures(graded: Sequence[Graded]) -> list[str]:
    one = summary(graded, OURS)
    within = f"{round((one.within or 0.0) * one.saturated)} of {one.saturated}"
    covers = f"{one.covered} of {one.intervals}"
    errors = [share(one.median, 2), share(one.p95, 2), share(one.worst, 2)]
    return [str(one.runs), str(one.runs - one.right), within, *errors, covers]


def _ways(found: Sequence[Pair]) -> str:
    """How they went."""
    requests = np.array([one.requests / max(1, one.fixed_requests) for one in found])
    over = np.array([one.overshoot for one in found if one.overshoot is not None])
    further = [extensions(one) for one in found]
    known, late = sum(one.stops[-1] == "known" for one in found), sum(one.seconds > FIXED_SECONDS for one in found)
    return (
        f"They sent {np.median(requests):.2f} times the fixed ramp's requests (median; 90 %: "
        f"{np.quantile(requests, 0.9):.2f}). The probe ended at {np.median(over):.1f} times the knee's VUs (median; "
        f"90 %: {np.quantile(over, 0.9):.1f}, most: {over.max():.1f}). {sum(more > 0 for more in further)} runs needed "
        f"a further ramp. {known} stopped because the answer was known, {late} took longer than the fixed ramp."
    )


def _kinds(found: Sequence[Pair], kinds: Sequence[str]) -> str:
    head = [
        "kind",
        "runs",
        "time, median",
        "wrong verdicts",
        "within 3 %",
        "median error",
        "worst",
        "fixed: within 3 %",
    ]
    rows = []
    for kind in kinds:
        of = [one for one in found if one.steered.kind == kind]
        runs, wrong, within, median, _, worst, _ = _figures([one.steered for one in of])
        fixed = _figures([one.fixed for one in of])[2]
        rows.append([kind, runs, _quantiles(of)[0], wrong, within, median, worst, fixed])
    return table(head, rows)


def _failure(one: Pair) -> str:
    told, truth = one.steered.told[OURS], one.steered.truth
    was = "" if truth.max_throughput is None else f" {truth.max_throughput:,.1f}/s"
    said = "" if told.value is None else f" {told.value:,.1f}/s"
    answered = f"{truth.verdict}{was}, answered {told.verdict}{said} after {one.seconds:.0f} s: {one.steered.because}"
    return f"{one.seed} {one.steered.kind}: {answered}\n    {one.course}"


if __name__ == "__main__":
    main()
