"""docs/stopping.md: replayed runs as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from rules.answer import Interval
from rules.finding import Verdict
from tests.benchmarks.replays import EVERY_SECONDS, EVERY_SHARE, MAX_REQUESTS, USELESS, Replay
from tests.benchmarks.summary import WITHIN
from tests.benchmarks.tables import share, table

INTRODUCTION = """\
{runs} simulated runs, seeds {first:,} to {last:,}, that no threshold was chosen on: {kinds} kinds of server, load and
trouble as in [accuracy.md](accuracy.md), with {most:,} requests at most. Each is judged every {every:.0f} s of its
time, or every {share:.0f} % of it where that is more, by the samples that Prometheus held at that moment, and stopped
the first time that the rule says so. A number is compared with the truth of the run as if it had ended there, not with
what the server was to do later. Wrong is a `known` without a true number, or off by more than {within:.0f} %; a
`failing` after which {useless:.0f} % or more of the replies were good; and a `generator_limited` where it was not."""
REASONS = ("known", "failing", "generator_limited")


def page(replayed: Sequence[Replay], seeds: range) -> str:
    """The part of the page that is measured, in Markdown, without a date or a machine in it."""
    kinds = sorted({one.kind for one in replayed})
    introduction = INTRODUCTION.format(
        runs=len(replayed),
        first=seeds[0],
        last=seeds[-1],
        kinds=len(kinds),
        most=MAX_REQUESTS,
        every=EVERY_SECONDS,
        share=100 * EVERY_SHARE,
        within=100 * WITHIN,
        useless=100 * USELESS,
    )
    stopped = [one for one in replayed if one.reason == "known"]
    parts = [
        introduction,
        _verdicts(replayed),
        _saving(replayed),
        _soon(stopped),
        _numbers(stopped),
        _later(stopped),
        f"By kind of run:\n\n{_kinds(replayed, kinds)}",
        _wrong(replayed),
    ]
    return "\n\n".join(part for part in parts if part)


def _verdicts(replayed: Sequence[Replay]) -> str:
    head = ["truth of the whole run", "runs", *(f"stopped: `{reason}`" for reason in REASONS), "not stopped", "wrong"]
    rows = []
    for verdict in Verdict:
        runs = [one for one in replayed if one.truth.verdict is verdict]
        if runs:
            reasons = Counter(one.reason for one in runs)
            counts = [reasons[reason] for reason in (*REASONS, None)]
            rows.append([f"`{verdict}`", *_counts(len(runs), *counts, sum(one.wrong for one in runs))])
    return table(head, rows)


def _saving(replayed: Sequence[Replay]) -> str:
    requests, seconds = sum(one.requests for one in replayed), sum(one.seconds for one in replayed)
    spared = sum(one.spared for one in replayed)
    time = sum(one.seconds - one.at for one in replayed if one.stop)
    saved = share(time / seconds, 0)
    return f"{share(spared / requests, 0)} of all requests were never made, {saved} of the time saved."


def _soon(stopped: Sequence[Replay]) -> str:
    """When the known ones were stopped."""
    late = [one.at - one.knee for one in stopped if one.knee is not None]
    length = [one.at / one.seconds for one in stopped]
    head = ["stopped as `known`", "median", "90 %"]
    rows = [
        ["seconds after the load passed the knee", *_quantiles(late, lambda value: f"{value:.0f} s")],
        ["time of the stop, of the run's length", *_quantiles(length, lambda value: share(value, 0))],
    ]
    return table(head, rows)


def _numbers(stopped: Sequence[Replay]) -> str:
    """The numbers of the same runs when they were stopped, and had they gone on."""
    head = ["the number", "runs", "median error", "within 3 %", "worst", "covers", "half-width"]
    settled = [one for one in stopped if not one.changed]
    at_end = [one for one in settled if one.error_at_end is not None]
    rows = [
        ["at the stop", *_figures(stopped, lambda one: (one.error, one.covered, one.told))],
        ["at the stop, no growth later", *_figures(settled, lambda one: (one.error, one.covered, one.told))],
        [
            "of these, had they gone on",
            *_figures(at_end, lambda one: (one.error_at_end, one.covered_at_end, one.end)),
        ],
    ]
    return table(head, rows)


def _figures(runs: Sequence[Replay], told: Callable[[Replay], tuple[float | None, bool | None, Interval]]) -> list[str]:
    errors = np.array([np.inf if (error := told(one)[0]) is None else error for one in runs])
    covers = [covered for one in runs if (covered := told(one)[1]) is not None]
    widths = [half for one in runs if (half := _half(told(one)[2])) is not None]
    if not errors.size:
        return ["0", *["–"] * 5]
    size = np.abs(errors)
    worst = float(errors[np.argmax(size)])
    return [
        str(errors.size),
        share(float(np.median(size)), 2),
        f"{int((size <= WITHIN).sum())}, {share(float((size <= WITHIN).mean()))}",
        "no truth" if np.isinf(worst) else f"{100 * worst:+.1f} %",
        f"{sum(covers)} of {len(covers)}, {share(sum(covers) / max(len(covers), 1))}",
        share(float(np.median(widths)), 2) if widths else "–",
    ]


def _half(told: Interval) -> float | None:
    """Half the interval's width, as a share of the value."""
    if not told.value or told.low is None or told.high is None:
        return None
    return (told.high - told.low) / 2 / told.value


def _later(stopped: Sequence[Replay]) -> str:
    changed = Counter(one.kind for one in stopped if one.changed)
    if not changed:
        return "No server was to do more after the stop."
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(changed.items()))
    return (
        f"{sum(changed.values())} of the {len(stopped)} were to do over 3 % more after the stop ({said}). Nothing in "
        "the samples could tell; the number was that of the size they had."
    )


def _kinds(replayed: Sequence[Replay], kinds: Iterable[str]) -> str:
    head = [
        "kind",
        "truth",
        "runs",
        *(f"`{reason}`" for reason in REASONS),
        "wrong",
        "median error",
        "worst",
        "more later",
    ]
    rows = []
    for kind in kinds:
        runs = [one for one in replayed if one.kind == kind]
        reasons = Counter(one.reason for one in runs)
        errors = [error for one in runs if (error := one.error) is not None]
        worst = max(errors, key=abs, default=None)
        rows.append(
            [
                kind,
                f"`{runs[0].truth.verdict}`",
                *_counts(len(runs), *(reasons[reason] for reason in REASONS), sum(one.wrong for one in runs)),
                share(float(np.median(np.abs(errors))), 2) if errors else "–",
                "–" if worst is None else f"{100 * worst:+.1f} %",
                *_counts(sum(one.changed for one in runs)),
            ]
        )
    return table(head, rows)


def _wrong(replayed: Sequence[Replay]) -> str:
    """Which stops were wrong, and how."""
    wrong = [one for one in replayed if one.wrong]
    if not wrong:
        return "No stop was wrong."
    said = []
    for reason in REASONS:
        kinds = Counter(one.kind for one in wrong if one.reason == reason)
        if kinds:
            said.append(f"`{reason}`: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    stops = sum(one.stop is not None for one in replayed)
    return f"Wrong are {len(wrong)} of {stops} stops, {share(len(wrong) / stops)}. {'; '.join(said)}."


def _quantiles(values: Sequence[float], write: Callable[[float], str]) -> list[str]:
    return [write(float(np.quantile(values, at))) for at in (0.5, 0.9)] if values else ["–", "–"]


def _counts(*numbers: int) -> list[str]:
    return [str(number or "·") for number in numbers]
