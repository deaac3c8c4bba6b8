"""Numbers and times as the sentences of an answer write them."""

from __future__ import annotations

from datetime import UTC, datetime

from rules.finding import Window
from rules.timeline import Timeline


def number(value: float) -> str:
    """Three or more significant digits, thousands separated: 1,090 · 92.4 · 0.0312."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def share(value: float) -> str:
    """A share as a percentage: 38 % · 0.42 % · < 0.01 %."""
    percent = value * 100
    if 0 < percent < 0.01:
        return "< 0.01 %"
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.2g} %"


def seconds(value: float) -> str:
    """A duration: 480 ms · 1.20 s · 62 s."""
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:,.0f} s"


def moment(unix: float) -> datetime:
    """Unix seconds as a UTC datetime, to the millisecond as k6 stamps its samples."""
    return datetime.fromtimestamp(round(unix, 3), UTC)


def whole(timeline: Timeline) -> Window:
    return Window(start=moment(timeline.start), end=moment(timeline.end))


def between(timeline: Timeline, first_bin: int, last_bin: int) -> Window:
    """From the start of ``first_bin`` to the end of ``last_bin``."""
    return Window(
        start=moment(timeline.start + first_bin * timeline.step),
        end=moment(timeline.start + (last_bin + 1) * timeline.step),
    )
