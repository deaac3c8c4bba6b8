"""The report's charts; each is None where the run's metrics do not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import numpy as np

from loadline.report import coarse, words
from loadline.report.overtime import (
    Curve,
    Figure,
    Key,
    count_axis,
    extent,
    frame,
    gaps,
    largest,
    per_point,
    pieces,
    seconds_in,
)
from loadline.report.svg import Axis, Chart
from rules.answer import Answer
from rules.known import known
from rules.proof import slo_unproven, unproven
from rules.series import Floats
from rules.statistics.histogram import quantile
from rules.timeline import Durations, Timeline

QUANTILES = ((0.5, "p50", "c1"), (0.95, "p95", "c2"), (0.99, "p99", "c4"))
LIMIT_IN_SIGHT = 3.0
"""A latency limit this many times above the slowest p99 would flatten the chart; it is said, not drawn."""
STYLES = ("c1", "c2", "c3", "c4", "c5", "c6")


def load_curve(answer: Answer, timeline: Timeline) -> Figure | None:
    """VUs against goodput: where it bends is the knee, where it lies flat is the maximum."""
    vus = per_point(timeline, timeline.vus)
    good = per_point(timeline, timeline.throughput if timeline.goodput is None else timeline.goodput)
    top = answer.max_throughput
    if not np.isfinite(vus + good).any():
        return None
    bounds = [x for x in (top.low, top.value, top.high) if x is not None]
    what = "Throughput" if timeline.goodput is None else "Goodput"
    said = f"{what} up to {words.rate(largest(good))} at up to {words.number(largest(vus))} VUs."
    chart = Chart(
        f"VUs against {what.lower()}", said, count_axis(largest(vus), "VUs"),
        count_axis(largest(good, np.array(bounds)), "requests/s"), height=436,
    )  # fmt: skip
    keys = [Key("dot c1", "one point in time")]
    if answer.knee is not None:
        keys = [Key("dot c5", "before the knee"), Key("dot c1", "from the knee on")]
    if top.low is not None and top.high is not None:
        chart.band(top.low, top.high, "plateau")
        keys.append(Key("plateau", f"{words.share(top.confidence)} interval"))
    before = vus < answer.knee.vus if answer.knee is not None else np.zeros(vus.shape, bool)
    chart.points(vus, np.where(before, good, np.nan), "c5")
    chart.points(vus, np.where(before, np.nan, good), "c1")
    _plateau(chart, answer)
    if answer.knee is not None:
        chart.vertical(answer.knee.vus, f"knee {answer.knee.vus:,} VUs", "knee")
    return Figure(f"VUs against {what.lower()}", chart.markup(), keys)


def throughput_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """All replies and the expected ones per second."""
    offered = Curve(answer, timeline, lambda one: one.throughput)
    high = offered.largest
    if not np.isfinite(high):
        return None
    title = "Throughput and goodput"
    start, end = extent(answer, timeline)
    said = f"Up to {words.rate(high)} over {words.length(end - start)}."
    chart = frame(title, said, answer, timeline, count_axis(high, "requests/s"), numbers=True)
    offered.draw(chart, "c2")
    keys = [Key("c2", "throughput (all replies)")]
    if timeline.goodput is not None:
        Curve(answer, timeline, lambda one: one.goodput).draw(chart, "c1")
        keys.append(Key("c1", "goodput (expected replies)"))
    return Figure(title, chart.markup(), [*keys, *_marks(answer, timeline)], _grain(timeline))


def vus_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """The load that was put on."""
    vus = Curve(answer, timeline, lambda one: one.vus)
    if not np.isfinite(vus.largest):
        return None
    said = f"Up to {words.number(vus.largest)} virtual users."
    chart = frame("Virtual users", said, answer, timeline, count_axis(vus.largest, "VUs", most=3), height=160)
    vus.draw(chart, "c3")
    return Figure("Virtual users (VUs)", chart.markup())


def latency_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """p50, p95 and p99 of expected requests; their mean where no distribution is known."""
    if timeline.expected_durations is None:
        return None
    start, _ = extent(answer, timeline)
    known = [(seconds_in(one, start), one.expected_durations) for one in pieces(timeline) if one.expected_durations]
    curves = [(times, _quantile_lines(told) or {("mean", "c1"): _mean_line(told)}) for times, told in known]
    lines = curves[0][1]
    slowest = largest(*(values for _, told in curves for values in told.values()))
    if not np.isfinite(slowest):
        return None
    limit = answer.slo_capacity.limits.latency_seconds if answer.slo_capacity is not None else None
    drawn = limit is not None and limit <= LIMIT_IN_SIGHT * slowest
    title = "Latency of expected replies"
    said = f"{', '.join(name for name, _ in lines)}, up to {words.seconds(slowest)}."
    highest = max(slowest, limit) if limit is not None and drawn else slowest
    chart = frame(title, said, answer, timeline, count_axis(highest, "seconds"))
    for times, told in curves:
        for (_, style), values in told.items():
            chart.line(times, values, style)
    if limit is not None and drawn:
        chart.horizontal(limit, f"limit {words.seconds(limit)}", "limit")
    note = f"The limit, {words.seconds(limit)}, lies above the chart." if limit is not None and not drawn else ""
    return Figure(title, chart.markup(), [Key(style, name) for name, style in lines], note)


def failures_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """Failed requests per second by status; None where none failed."""
    totals = Counter[str]()
    for piece in pieces(timeline):
        totals.update({code: float(np.nansum(rate)) for code, rate in piece.failures_by_status.items()})
    order = [code for code, total in totals.most_common() if total > 0]
    if not order:
        return None
    shown = {words.status(code): [code] for code in order[: len(STYLES) - 1]}
    if rest := order[len(STYLES) - 1 :]:
        shown["others"] = rest
    lines = {name: Curve(answer, timeline, partial(_failing, codes)) for name, codes in shown.items()}
    title = "Failed requests"
    said = f"By status: {', '.join(lines)}."
    chart = frame(title, said, answer, timeline, count_axis(max(c.largest for c in lines.values()), "requests/s"))
    styles = ("c4", "c2", "c6", "c1", "c3", "c5")
    for style, curve in zip(styles, lines.values(), strict=False):
        curve.draw(chart, style)
    return Figure(title, chart.markup(), [Key(style, name) for style, name in zip(styles, lines, strict=False)])


def cpu_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """Busy share of each host's cores, and of its busiest core."""
    hosts = [host for host in timeline.hosts if np.isfinite(host.cpu).any()][: len(STYLES)]
    if not hosts:
        return None
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    y = Axis(0.0, 1.0, ticks, [words.share(tick) for tick in ticks], "busy")
    title = "CPU"
    said = "; ".join(f"{host.instance} up to {words.share(largest(host.cpu))}" for host in hosts)
    chart = frame(title, said, answer, timeline, y)
    keys = []
    for style, host in zip(STYLES, hosts, strict=False):
        Curve(answer, timeline, partial(_of_host, host.instance, busiest=True)).draw(chart, f"{style} thin")
        Curve(answer, timeline, partial(_of_host, host.instance)).draw(chart, style)
        name = f"{host.instance} ({host.role})" if host.role else host.instance
        keys += [Key(style, f"{name}, all cores"), Key(f"{style} thin", "its busiest core")]
    return Figure(title, chart.markup(), keys)


def _failing(codes: Sequence[str], one: Timeline) -> Floats:
    none = np.zeros(one.vus.size)
    return np.asarray(sum((one.failures_by_status.get(code, none) for code in codes), none))


def _of_host(instance: str, one: Timeline, *, busiest: bool = False) -> Floats:
    """CPU of that host; NaN in a piece in which nobody told."""
    found = next((host for host in one.hosts if host.instance == instance), None)
    if found is None:
        return np.full(one.vus.size, np.nan)
    return found.busiest_core if busiest else found.cpu


def _plateau(chart: Chart, answer: Answer) -> None:
    top, slo = answer.max_throughput, answer.slo_capacity
    if top.value is not None:
        chart.horizontal(top.value, words.best_known(top, unproven(answer)), "top")
    elif top.low is not None:
        chart.horizontal(top.low, words.best_known(top), "top")
    if slo is not None and slo.value is not None:
        chart.horizontal(slo.value, f"SLO capacity {known(slo, slo_unproven(answer)).said()}", "slo", below=True)


def _quantile_lines(durations: Durations) -> dict[tuple[str, str], Floats]:
    """By name and style; empty where only the mean is known."""
    if durations.upper.size == 0:
        return {}
    rows = coarse.rolling_sums(coarse.sums(durations.buckets, coarse.group_size(durations.counts.size)))
    return {(name, style): quantile(durations.lower, durations.upper, rows, q) for q, name, style in QUANTILES}


def _mean_line(durations: Durations) -> Floats:
    group = coarse.group_size(durations.counts.size)
    counts = coarse.sums(durations.counts, group)
    return coarse.sums(durations.sums, group) / np.where(counts > 0, counts, np.nan)


def _marks(answer: Answer, timeline: Timeline) -> list[Key]:
    """Legend entries for the marks that charts over time share; said once, under the first of them."""
    return [
        key
        for key, there in (
            (Key("saturated", "saturated"), any(regime.saturated for regime in answer.regimes)),
            (Key("gap", "no samples"), bool(gaps(timeline))),
            (Key("event", "numbered: see what happened"), bool(answer.events)),
        )
        if there
    ]


def _grain(timeline: Timeline) -> str:
    group = coarse.group_size(timeline.vus.size)
    return f"Each point is the mean of {words.length(group * timeline.step)}." if group > 1 else ""
