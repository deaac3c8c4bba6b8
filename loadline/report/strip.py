"""The parts of a run as a strip on the axis that all charts over time share."""

from __future__ import annotations

from loadline.report import words
from loadline.report.overtime import Figure, Key, extent, time_axis
from loadline.report.svg import Axis, Chart
from rules import parts
from rules.answer import Answer
from rules.timeline import Timeline

HEIGHT, TOP = 84, 6
"""No axis is beside it, so no unit above it."""
READ_FROM = "The maximum is read from the ramps alone; a probe only finds how many VUs it takes."


def parts_over_time(answer: Answer, timeline: Timeline) -> Figure | None:
    """A block for each part, and a mark with its evidence where load was stopped; None of a run without parts."""
    if not timeline.parts:
        return None
    start, end = extent(answer, timeline)
    said = ", ".join(f"{one.name} for {words.length(one.end - one.start)}" for one in timeline.parts)
    chart = Chart("Parts of the run", said, time_axis(end - start), Axis(0.0, 1.0, [], [], ""), HEIGHT, TOP)
    stopped = False
    for part in answer.parts:
        begin, until = part.start.timestamp() - start, part.end.timestamp() - start
        tip = f"{part.name}: {part.because}" if part.because else part.name
        kind, _, number = part.name.partition("-")
        chart.block(begin, until, [part.name, number], kind, tip)
        if part.stop is not None:
            stopped = True
            at = part.stop.time.timestamp() - start
            chart.vertical(at, "", "stop", f"{part.name} stopped: {part.stop.because}")
    kinds = dict.fromkeys(parts.kind(one.name) for one in answer.parts)
    keys = [Key(f"block {kind}", kind) for kind in kinds]
    if stopped:
        keys.append(Key("stop", "load was stopped: see how the run went"))
    read_from = READ_FROM if parts.PROBE in kinds and parts.RAMP in kinds else ""
    return Figure("Parts of the run", chart.markup(), keys, read_from)
