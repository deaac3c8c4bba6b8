"""docs/accuracy.md: graded runs as a page of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.finding import Verdict
from tests.benchmarks.baselines import has_kneed
from tests.benchmarks.grading import ENOUGH, OURS, Graded
from tests.benchmarks.promises import rows
from tests.benchmarks.summary import WITHIN, Summary, summary
from tests.benchmarks.tables import share, table
from tests.benchmarks.weaknesses import UNKNOWN, WHY

COMMAND = "make benchmark-accuracy"
INTRODUCTION = """\
# How often the answer is right

`{command}` makes this page: {runs} simulated runs, seeds {first:,} to {last:,}, that no threshold was
chosen on. Each is drawn at random by `tests/simulator` from wide ranges and has a truth by construction: 20 to 20,000
requests/s, 50 to 20,000 VUs, 1 to 40 minutes, {kinds} kinds of server, load and trouble, pushed every 1 to 15 s with
gaps, losses and restarts.

- **Within 3 %**: of the runs whose system was saturated, those with a number within 3 % of the truth. A refusal is not.
- **Covers**: intervals of 95 % that hold the truth; p is the two-sided binomial test against 95 %.
- **Verdict score**: 1 less the share of wrong verdicts; a number for a run that did not saturate counts twice.
- **Enough information**: the plateau holds {enough:.0f} × 4,270·cv² successes, twice what ±3 % takes
  ([why](estimator.md)). With less, the run's own noise is larger than 3 %. Runs without a number to find are all in.
- A run of constant load past the knee may be called `saturated` or `not_saturated`: it is the one, and cannot show it.
- Where VUs double within 10 s and leap past the peak of a server that gets slower with load (contention), the truth is
  what was held: no run tells what fewer VUs would have made. Loadline knows a leap by the same two numbers.
"""


SLO = """\
The saturated runs in a closed loop, with latencies, of servers whose speed never changes; each with a latency limit of
its own, 1.5 to 30 times what a lone request takes. The truth is measured on long steady runs of the same server. Bounds
alone: the load leapt over the crossing, or too few requests tell where it is. At most: the least load of the run broke
the objective, or is not sure to keep it."""


def page(graded: Sequence[Graded], seeds: range) -> str:
    """The whole page, in Markdown, without a date or a machine in it."""
    enough = [one for one in graded if one.enough]
    kinds = sorted({one.kind for one in graded})
    parts = [
        INTRODUCTION.format(
            command=COMMAND, runs=len(graded), first=seeds[0], last=seeds[-1], kinds=len(kinds), enough=ENOUGH
        ),
        f"## Runs with enough information: {len(enough)}\n\n{_methods(enough)}",
        f"## All runs: {len(graded)}\n\n{_methods(graded)}",
        _note(),
        f"## Verdicts\n\nTruth in rows, answers in columns; all runs.\n\n{_confusion(graded)}",
        f"## By kind of run\n\nAll runs; numbers where there is one to find.\n\n{_kinds(graded, kinds)}",
        f"## SLO capacity\n\n{SLO}\n\n{_promises(graded)}",
        f"## What fails, and why\n\n{_failures(graded, kinds)}",
    ]
    return "\n\n".join(part.strip() for part in parts if part)


def _promises(graded: Sequence[Graded]) -> str:
    head = [
        "the objective is lost",
        "runs",
        "a value",
        "bounds alone",
        "at most",
        "nothing",
        "median error",
        "truth within bounds",
    ]
    return table(head, rows([one.promise for one in graded if one.promise]))


def _methods(runs: Sequence[Graded]) -> str:
    methods = list(runs[0].told) if runs else []
    head = ["method", "within 3 %", "median error", "95th percentile", "worst", "covers", "half-width"]
    head += ["verdicts right", "numbers invented", "verdict score"]
    return table(head, [[method, *_figures(summary(runs, method))] for method in methods])


def _figures(one: Summary) -> list[str]:
    covers = "–"
    if one.coverage_p is not None:
        covers = f"{one.covered} of {one.intervals}, {share(one.covered / one.intervals)}, p = {one.coverage_p:.2g}"
    return [
        f"{share(one.within)} of {one.saturated}",
        share(one.median, 2),
        share(one.p95),
        share(one.worst, sign=True),
        covers,
        share(one.half_width, 2),
        f"{one.right} of {one.runs}, {share(one.right / one.runs)}" if one.runs else "–",
        str(one.invented),
        f"{one.score:.3f}",
    ]


def _note() -> str:
    if has_kneed():
        return ""
    return "kneed's knee is missing here: the package `kneed` (it brings scipy) was not installed."


def _confusion(graded: Sequence[Graded]) -> str:
    truths = [verdict for verdict in Verdict if any(one.truth.verdict is verdict for one in graded)]
    lines = []
    for truth in truths:
        runs = [one for one in graded if one.truth.verdict is truth]
        counts = [sum(one.told[OURS].verdict is verdict for one in runs) for verdict in Verdict]
        lines.append([f"`{truth}`", *(str(count or "·") for count in counts), str(len(runs))])
    return table(["truth", *(f"`{verdict}`" for verdict in Verdict), "runs"], lines)


def _kinds(graded: Sequence[Graded], kinds: Sequence[str]) -> str:
    head = ["kind", "truth", "runs", "verdicts right", "within 3 %", "median error", "worst", "covers", "half-width"]
    lines = []
    for kind in kinds:
        runs = [one for one in graded if one.kind == kind]
        one = summary(runs, OURS)
        covers = f"{one.covered} of {one.intervals}" if one.intervals else "–"
        within = f"{round((one.within or 0.0) * one.saturated)} of {one.saturated}" if one.saturated else "–"
        numbers = [within, share(one.median, 2), share(one.worst, sign=True), covers, share(one.half_width, 2)]
        lines.append([kind, f"`{runs[0].truth.verdict}`", str(one.runs), str(one.right), *numbers])
    return table(head, lines)


def _failures(graded: Sequence[Graded], kinds: Sequence[str]) -> str:
    lines = list(_failing(graded, kinds))
    return "\n".join(lines) if lines else "Nothing, with enough information."


def _failing(graded: Sequence[Graded], kinds: Sequence[str]) -> Iterator[str]:
    """One line for each kind with a wrong verdict, or a number beyond 3 %, in spite of enough information."""
    for kind in kinds:
        runs = [one for one in graded if one.kind == kind and one.enough]
        wrong = [one.told[OURS].verdict for one in runs if not one.right(OURS)]
        off = sum(one.right(OURS) and abs(one.error(OURS) or 0.0) > WITHIN for one in runs)
        if wrong or off:
            said = [f"{wrong.count(verdict)} called `{verdict}`" for verdict in Verdict if verdict in wrong]
            said += [f"{off} off by more than 3 %"] if off else []
            yield f"- **{kind}** ({len(runs)} runs): {', '.join(said)}. {_sentence(WHY.get(kind, UNKNOWN))}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
