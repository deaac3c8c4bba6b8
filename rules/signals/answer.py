"""What Loadline itself answered, as gauges that boards read back; and when what happened in a run."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.signal import Signal

_RATE = "requests/s"
_SCRAPES_STEP = "15s"
"""How closely a subquery looks for the last sample: a few scrapes, so that a long range stays cheap."""

MAX_THROUGHPUT: Final = Signal(
    "maximum throughput",
    _RATE,
    "The highest goodput that the system sustains.",
    names.MAX_THROUGHPUT,
    "gauge",
    aggregation="max",
)
MAX_THROUGHPUT_LOW: Final = Signal(
    "low",
    _RATE,
    'Lower end of its 95 % interval; alone, it means "at least".',
    names.MAX_THROUGHPUT_LOW,
    "gauge",
    aggregation="max",
)
MAX_THROUGHPUT_HIGH: Final = Signal(
    "high", _RATE, "Upper end of its 95 % interval.", names.MAX_THROUGHPUT_HIGH, "gauge", aggregation="max"
)
SLO_CAPACITY: Final = Signal(
    "SLO capacity",
    _RATE,
    "The highest sustained goodput that still meets the latency objective.",
    names.SLO_CAPACITY,
    "gauge",
    aggregation="max",
)
VERDICT: Final = Signal(
    "verdict",
    "1",
    "One series per verdict and run; 1 for the one that stands, 0 for the others.",
    names.VERDICT,
    "gauge",
    aggregation="max",
    by=(names.VERDICT_LABEL,),
)
EVENT: Final = Signal(
    "event",
    "s",
    "When the event of this rule happened: unix seconds, however late it was noticed.",
    names.EVENT_TIMESTAMP,
    "gauge",
    aggregation="max",
    by=(names.RULE,),
)


def latest_verdict(window: str, *extra: str) -> str:
    """The verdict that stood last in ``window``, in its label ``verdict``; the value is 1."""
    by = f"{VERDICT.aggregation} by ({', '.join(VERDICT.by)})"
    return f"{by} (last_over_time({VERDICT.selector(*extra)}[{window}])) == 1"


def latest(signal: Signal, window: str, *extra: str) -> str:
    """The last value of ``signal`` in ``window``, and nothing if the last verdict came without one.

    A gauge outlives its run's last scrape, so the board finds it in a range that reaches further. But a number
    that was withdrawn, as when a plateau turned out to be a gap, must not stay on the wall.
    """
    value = f"{signal.aggregation} (last_over_time({signal.selector(*extra)}[{window}]))"
    seen, judged = _last_seen(signal, window, extra), _last_seen(VERDICT, window, extra)
    return f"{value} and on () ({seen} >= on () max ({judged}))"


def event_milliseconds(window: str, *extra: str) -> str:
    """Each event's time as Grafana's annotations want it: unix milliseconds, with the event's labels.

    As it stood at the end of the range: an event that moved while the run went on (a knee) is one mark, no trail.
    """
    return f"last_over_time({EVENT.selector(*extra)}[{window}] @ end()) * 1000"


def _last_seen(signal: Signal, window: str, extra: tuple[str, ...]) -> str:
    """Unix seconds of the signal's newest sample in ``window``, by its own labels."""
    by = f" by ({', '.join(signal.by)})" if signal.by else ""
    return f"max{by} (max_over_time(timestamp({signal.selector(*extra)})[{window}:{_SCRAPES_STEP}]))"
