"""How often a run is stopped, how soon, and whether rightly: ``make benchmark-stopping``.

Draws the runs of HELD_BACK, plays each back, judges it every few seconds as ``loadline run`` does, and prints the
tables; ``--write`` puts them into docs/stopping.md. Single runs of HELD_BACK are not to be looked at, lest the rule be
tuned on them: ``--seeds 20000-20399 --failures`` shows those of other seeds one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.many import asked, console, side_by_side, write_into
from tests.benchmarks.replays import Replay, replay
from tests.benchmarks.stopping_page import page

HELD_BACK = range(73_000, 73_400)
PAGE = Path(__file__).parents[2] / "docs" / "stopping.md"


def main(arguments: Sequence[str] | None = None) -> None:
    told = asked(__doc__, arguments, HELD_BACK, PAGE)
    replayed = list(side_by_side(replay, told.seeds, told.processes, "replaying"))
    text, out = page(replayed, told.seeds), console()
    out.print(text, markup=False)
    for one in replayed if told.failures else []:
        if one.wrong:
            out.print(_failure(one), markup=False)
    if told.write:
        write_into(PAGE, "benchmark-stopping", text)


def _failure(one: Replay) -> str:
    def rate(value: float | None) -> str:
        return "no number" if value is None else f"{value:,.1f}/s"

    true = rate(one.then.max_throughput if one.then else None)
    because = one.stop.because if one.stop else ""
    return (
        f"{one.seed} {one.kind}: {one.truth.verdict}, stopped at {one.at:.0f} of {one.seconds:.0f} s, {one.reason}: "
        f"{rate(one.told.value)} where {true} was true: {because}"
    )


if __name__ == "__main__":
    main()
