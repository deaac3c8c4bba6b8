"""The frame that all charts over time share: the same axis, and the same marks for what happened when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from loadline.report import coarse, words
from loadline.report.scale import nice_ticks, time_ticks
from loadline.report.svg import TOP, Axis, Chart
from rules import part_marks, parts
from rules.answer import Answer, Event
from rules.series import Floats
from rules.timeline import Gap, Timeline

LABELS_APART = 14 / 560
"""Numbers of events nearer than this share of the axis would be drawn over each other."""
DRAWN: Final = ("run", "confirmation", "throughput")
"""Events whose stretch is drawn already: it is the whole axis, a part, or saturated."""
NUMBERS: Final = 12
"""Units of height for the numbers of events, below the unit of y."""


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


def extent(answer: Answer, timeline: Timeline) -> tuple[float, float]:
    """Unix seconds of the charts' first and last moment: of all parts, of which ``timeline`` has the ramps alone."""
    if not timeline.parts:
        return timeline.start, timeline.end
    own = pieces(timeline)
    start = min(answer.window.start.timestamp(), *(one.start for one in own))
    return start, max(answer.window.end.timestamp(), *(one.end for one in own))


def pieces(timeline: Timeline) -> tuple[Timeline, ...]:
    """What is drawn over time: the ramps, and then each probe and each confirmation."""
    return timeline, *timeline.probes, *timeline.holds


class Curve:
    """One quantity over the whole run, where that is known; what lies between the pieces is left open."""

    def __init__(self, answer: Answer, timeline: Timeline, of: Callable[[Timeline], Floats]) -> None:
        start, _ = extent(answer, timeline)
        self._lines = [(seconds_in(piece, start), per_point(piece, of(piece))) for piece in pieces(timeline)]

    @property
    def largest(self) -> float:
        """NaN where no value was observed."""
        return largest(*(values for _, values in self._lines))

    def draw(self, chart: Chart, style: str) -> None:
        """A line for each piece."""
        for times, values in self._lines:
            chart.line(times, values, style)


def seconds_in(timeline: Timeline, start: float) -> Floats:
    """Seconds since ``start`` at the middle of each drawn point; NaN in the pause of two parts, so that lines break."""
    group = coarse.group_size(timeline.vus.size)
    times, near = coarse.means(timeline.times, group), group * timeline.step / 2
    during = [(times > part.start - near) & (times < part.end + near) for part in timeline.parts]
    return np.where(np.logical_or.reduce(during), times - start, np.nan) if during else times - start


def per_point(timeline: Timeline, values: Floats) -> Floats:
    """``values`` (n,) as drawn: long runs take the mean of neighbouring bins."""
    return coarse.means(values, coarse.group_size(timeline.vus.size))


def in_order(answer: Answer) -> list[Event]:
    """The events as they are numbered in charts and in the list; the parts have a strip and a table of their own."""
    return sorted((one for one in answer.events if one.rule != part_marks.PART), key=lambda event: event.time)


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
    start, end = extent(answer, timeline)
    more = NUMBERS if numbers else 0
    chart = Chart(title, description, time_axis(end - start), y, height + more, TOP + more)
    for part in timeline.parts:
        chart.stretch(part.start - start, part.end - start, f"part {parts.kind(part.name)}", part.name)
    for regime in answer.regimes:
        if regime.saturated:
            tip = f"saturated: {words.rate(regime.goodput)}"
            begin, until = regime.start.timestamp(), regime.end.timestamp()
            chart.stretch(begin - start, until - start, "saturated", tip)
    for gap in gaps(timeline):
        chart.stretch(gap.start - start, gap.end - start, "gap", "no samples")
    _events(chart, answer, start, end - start, numbers)
    if answer.knee is not None:
        label = "knee" if numbers else ""
        chart.vertical(answer.knee.time.timestamp() - start, label, "knee", f"knee: {answer.knee.vus:,} VUs")
    return chart


def time_axis(span: float) -> Axis:
    """``span`` seconds since the start."""
    ticks = time_ticks(span)
    return Axis(0.0, span, ticks, [words.elapsed(tick) for tick in ticks], "time since the start")


def gaps(timeline: Timeline) -> list[Gap]:
    """Of all pieces."""
    return [gap for piece in pieces(timeline) for gap in piece.gaps]


def _events(chart: Chart, answer: Answer, start: float, span: float, numbers: bool) -> None:
    last_label = -span
    for number, event in enumerate(in_order(answer), start=1):
        at = event.time.timestamp() - start
        if event.end is not None and event.rule not in DRAWN:
            chart.stretch(at, event.end.timestamp() - start, "happened", event.text)
        shown = numbers and at - last_label > LABELS_APART * span
        chart.numbered(at, str(number) if shown else "", "event", event.text)
        last_label = at if shown else last_label
