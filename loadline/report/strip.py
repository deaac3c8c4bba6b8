"""The parts of a run as a strip on the axis that all charts over time share."""

from __future__ import annotations

from loadline.report import words
from loadline.report.overtime import Figure, Key, extent, time_axis
from loadline.report.svg import Axis, Chart
from rules import parts
from rules.answer import Answer
from rules.timeline import Timeline

HEIGHT = 112
NOT_DRAWN = "Below, ramps and confirmations are drawn; a probe only finds how many VUs it takes."


def parts_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """A block for each part, and a mark with its evidence where load was stopped; None of a run without parts."""
    if not timeline.parts:
        return None
    start, end = extent(answer, timeline)
    said = ", ".join(f"{one.name} for {words.length(one.end - one.start)}" for one in timeline.parts)
    chart = Chart("Parts of the run", said, time_axis(end - start), Axis(0.0, 1.0, [], [], ""), HEIGHT)
    stopped = False
    for part in answer.parts:
        begin, until = part.start.timestamp() - start, part.end.timestamp() - start
        tip = f"{part.name}: {part.because}" if part.because else part.name
        chart.block(begin, until, part.name, parts.kind(part.name), tip)
        if part.stop is not None:
            stopped = True
            at = part.stop.time.timestamp() - start
            chart.vertical(at, "", "stop", f"{part.name} stopped: {part.stop.because}")
    keys = [Key("stop", "load was stopped there: see what happened")] if stopped else []
    probed = any(parts.kind(one.name) == parts.PROBE for one in timeline.parts)
    return Figure("Parts of the run", chart.markup(), keys, NOT_DRAWN if probed else "")
