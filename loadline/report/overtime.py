"""The frame that all charts over time share: the same axis, and the same marks for what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from loadline.report import coarse, words
from loadline.report.scale import nice_ticks, time_ticks
from loadline.report.svg import Axis, Chart
from rules.answer import Answer, Event
from rules.series import Floats
from rules.timeline import Timeline

LABELS_APART = 14 / 560
"""Numbers of events nearer than this share of the axis would be drawn over each other."""


@dataclass(frozen=True)
class Key:
    """One entry of a chart's legend: the style it is drawn in, and what it is."""

    style: str
    text: str


@dataclass(frozen=True)
class Figure:
    """A chart with its words."""

    title: str
    svg: Markup
    keys: Sequence[Key] = ()
    note: str = ""


def count_axis(high: float, unit: str, most: int = 6) -> Axis:
    """An axis from 0 to a round number at or above ``high``, in at most ``most`` parts."""
    ticks = nice_ticks(high, most)
    return Axis(0.0, ticks[-1], ticks, [words.number(tick) for tick in ticks], unit)


def largest(*arrays: Floats) -> float:
    """The largest observed value; NaN where none was."""
    seen = np.concatenate([array[np.isfinite(array)] for array in arrays]) if arrays else np.empty(0)
    return float(seen.max()) if seen.size else float("nan")


def seconds_in(timeline: Timeline) -> Floats:
    """Seconds since the start at the middle of each drawn point."""
    return coarse.means(timeline.times - timeline.start, coarse.group_size(timeline.vus.size))


def per_point(timeline: Timeline, values: Floats) -> Floats:
    """``values`` (n,) as drawn: long runs take the mean of neighbouring bins."""
    return coarse.means(values, coarse.group_size(timeline.vus.size))


def in_order(answer: Answer) -> list[Event]:
    """The events as they are numbered in charts and in the list."""
    return sorted(answer.events, key=lambda event: event.time)


def frame(
    title: str,
    description: str,
    answer: Answer,
    timeline: Timeline,
    y: Axis,
    *,
    height: int = 250,
    numbers: bool = False,
) -> Chart:
    """An empty chart over the run's time with gaps, saturated stretches, events and the knee marked."""
    span = timeline.end - timeline.start
    ticks = time_ticks(span)
    x = Axis(0.0, span, ticks, [words.elapsed(tick) for tick in ticks], "time since the start")
    chart = Chart(title, description, x, y, height)
    for regime in answer.regimes:
        if regime.saturated:
            tip = f"saturated: {words.rate(regime.goodput)}"
            begin, end = regime.start.timestamp(), regime.end.timestamp()
            chart.stretch(_since(timeline, begin), _since(timeline, end), "saturated", tip)
    for gap in timeline.gaps:
        chart.stretch(_since(timeline, gap.start), _since(timeline, gap.end), "gap", "no samples")
    _events(chart, answer, timeline, span, numbers)
    if answer.knee is not None:
        label = "knee" if numbers else ""
        chart.vertical(_since(timeline, answer.knee.time.timestamp()), label, "knee", f"knee: {answer.knee.vus:,} VUs")
    return chart


def _events(chart: Chart, answer: Answer, timeline: Timeline, span: float, numbers: bool) -> None:
    last_label = -span
    for number, event in enumerate(in_order(answer), start=1):
        at = _since(timeline, event.time.timestamp())
        if event.end is not None:
            chart.stretch(at, _since(timeline, event.end.timestamp()), "happened", event.text)
        shown = numbers and at - last_label > LABELS_APART * span
        chart.numbered(at, str(number) if shown else "", "event", event.text)
        last_label = at if shown else last_label


def _since(timeline: Timeline, unix: float) -> float:
    return unix - timeline.start
