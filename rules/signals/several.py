"""Runs beside each other: which there are, which was last, and two of them by the time since their start."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.answer import RUN_END, RUN_START, Labels, shown
from rules.signals.signal import Signal

EACH: Final[Labels] = (names.TESTID,)


def each(signal: Signal, window: str, *extra: str) -> str:
    """What stands of ``signal`` in every run of ``window``, by testid and by what the signal is by."""
    return shown(signal, window, *extra, each=EACH)


def relabelled(query: str, label: str, new: str) -> str:
    """``query`` with a label under another name, for a table that holds two of that name."""
    return f'max by ({names.TESTID}, {new}) (label_replace({query}, "{new}", "$1", "{label}", "(.*)"))'


def milliseconds(signal: Signal, window: str, later: float = 0.0) -> str:
    """A run's time, or so many seconds later, as Grafana's links and dates want it: unix milliseconds."""
    return f"(({each(signal, window)}) + {later:g}) * 1000"


def duration(window: str) -> str:
    """Seconds that each run lasted."""
    return f"({each(RUN_END, window)}) - on ({names.TESTID}) ({each(RUN_START, window)})"


def last(window: str) -> str:
    """Unix seconds at which the run began that began last in ``window``, by its testid."""
    return f"topk(1, {each(RUN_START, window)})"


def origin(seconds: str) -> str:
    """Unix seconds, whole, of ``seconds`` before the end of the time range: zero of the runs' common clock."""
    return f"floor(vector(time() - {seconds}))"


def shift(zero: str, window: str, *extra: str) -> str:
    """Milliseconds by which the run that ``extra`` selects must be looked back for, so that it begins at ``zero``.

    Never 0, which Prometheus 2 refuses as an offset; 1 where the run has not been seen: then queries select nothing.
    """
    apart = f"round(1000 * ({zero} - {each(RUN_START, window, *extra)}))"
    return f"{apart} + ({apart} == bool 0) or on () vector(1)"


def or_below_the_axis(query: str) -> str:
    """``query``, or a value far below an axis that begins at 0 where it has none: that is not drawn.

    Grafana's xychart says "Err" where one of its series is absent, and draws nothing at all where one holds NaN.
    """
    return f"({query}) or on () vector(-1e9)"


def elapsed(zero: str) -> str:
    """Seconds since ``zero``."""
    return f"vector(time() - {zero})"
