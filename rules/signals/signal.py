"""``Signal``: one declaration of what is measured, many renderings (after grafana/jsonnet-libs' signals).

A board, an alert and a verdict that read the same signal cannot disagree about what is counted: they differ only
in the rendering. Matchers are given as PromQL fragments made by ``where`` (which quotes values), so that a board
may pass ``testid=~"$testid"`` and the estimator a literal value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Aggregation = Literal["sum", "max", "avg"]

HELD_SECONDS = 3600
LIVE_SECONDS = 30
"""A series without a sample for longer is over: two of the slowest pushes that are to be served, 15 s each."""


def quote(value: str) -> str:
    """The value as a PromQL string literal: backslash, quote and newline escaped (Prometheus: querying basics)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def where(**labels: str) -> str:
    """Equality matchers for literal values: ``where(testid="a")`` is ``testid="a"``."""
    return ",".join(f"{name}={quote(value)}" for name, value in labels.items())


def where_any(label: str, values: Sequence[str]) -> str:
    """A matcher for each of several literal values (Prometheus anchors regular expressions)."""
    return f"{label}=~{quote('|'.join(re.escape(value) for value in values))}"


def milliseconds(seconds: float) -> str:
    """A duration as PromQL writes it, to the millisecond as Prometheus stamps samples."""
    return f"{round(seconds * 1000)}ms"


def any_of(signals: Iterable[Signal], *matchers: str) -> str:
    """The raw series of several signals at once, by their metrics alone."""
    metrics = "|".join(signal.metric for signal in signals)
    inside = ",".join((f'__name__=~"{metrics}"', *matchers))
    return f"{{{inside}}}"


@dataclass(frozen=True)
class Signal:
    """One measured quantity: ``metric`` narrowed by ``matchers``, summed over everything but ``by``."""

    name: str
    unit: str
    """A base unit in UCUM-like words: ``requests/s``, ``s``, ``VUs``, ``ratio``."""
    description: str
    metric: str
    kind: Kind
    matchers: str = ""
    aggregation: Aggregation = "sum"
    by: tuple[str, ...] = ()
    shift: str = ""
    """Milliseconds by which ``rate``, ``live``, ``quantile`` and ``mean`` look back, as text: a board's variable."""

    def selector(self, *extra: str) -> str:
        """``metric{matchers,extra}``: the raw series."""
        inside = ",".join(part for part in (self.matchers, *extra) if part)
        return f"{self.metric}{{{inside}}}" if inside else self.metric

    def present(self, window: str, *extra: str, by: str = "testid") -> str:
        """How many samples ``window`` holds, per ``by``: tells when a run was there, at any grid's step."""
        return f"sum by ({by}) (count_over_time({self.selector(*extra)}[{window}]))"

    @staticmethod
    def counted(selector: str, window: str) -> str:
        """Whether any of the selected series has a sample in ``window``, by how many there are."""
        return f"sum (count_over_time({selector}[{window}]))"

    def samples(self, window: str, *extra: str) -> str:
        """How many samples all its series have in ``window``."""
        return self.counted(self.selector(*extra), window)

    def highest(self, window: str, *extra: str) -> str:
        """The highest value of each series in ``window``, summed: of a counter that was not reset, its total."""
        return f"sum (max_over_time({self.selector(*extra)}[{window}]))"

    def distinct(self, label: str, window: str, *extra: str) -> str:
        """How many values ``label`` takes in ``window``; series without it do not count."""
        seen = self.selector(*extra, f'{label}!=""')
        return f"count (count by ({label}) (last_over_time({seen}[{window}])))"

    def totals_on_grid(self, labels: Sequence[str], *extra: str, without: str = "") -> str:
        """The newest totals at each point of a range query, summed over everything but ``labels``.

        Totals that match ``without`` are left out. A counter is held for HELD_SECONDS, so that a series that stood
        still, or whose process died, does not fall out of the sum; a histogram only for Prometheus's own look-back of
        five minutes, as 2.x has no ``last_over_time`` of histograms.
        """

        def held(*matchers: str) -> str:
            selected = self.selector(*extra, *matchers)
            return selected if self.kind == "histogram" else f"last_over_time({selected}[{HELD_SECONDS}s])"

        left_out = f" unless {held(without)}" if without else ""
        return f"sum by ({', '.join(labels)}) ({held()}{left_out})"

    def levels_on_grid(self, step: float, held: float, *extra: str) -> str:
        """The newest levels at each point of a range query with ``step`` seconds a point, summed. Gauges only.

        One that lost a push or two is held for ``held`` seconds. Where none had news within the step nothing is told.
        """
        lasts = (f"last_over_time({self.selector(*extra)}[{milliseconds(seconds)}])" for seconds in (held, step))
        return " and ".join(f"sum ({last})" for last in lasts)

    def rate(self, window: str, *extra: str) -> str:
        """Increase per second over ``window``, summed: for panels and alerts. Counters and histograms only."""
        if self.kind == "gauge":
            raise ValueError(f"{self.name} is a gauge; it has a value, not a rate")
        return f"{self._aggregated()} (rate({self.selector(*extra)}[{window}]{self._offset}))"

    def value(self, *extra: str) -> str:
        """The present value, aggregated. Gauges only."""
        if self.kind != "gauge":
            raise ValueError(f"{self.name} is a {self.kind}; only a gauge has a present value")
        return f"{self._aggregated()} ({self.selector(*extra)})"

    def live(self, *extra: str) -> str:
        """The present value of what is running now. Gauges only.

        An instant query sees a series for five minutes after its last sample, so a test that has ended keeps its
        VUs as ghosts. ``time()`` is the evaluation's own time, so this holds in a range query as well.
        """
        if self.kind != "gauge":
            raise ValueError(f"{self.name} is a {self.kind}; only a gauge has a present value")
        raw = f"{self.selector(*extra)}{self._offset}"
        back = f" - ({self.shift}) / 1000" if self.shift else ""
        return f"{self._aggregated()} ({raw} and (timestamp({raw}) > time(){back} - {LIVE_SECONDS}))"

    def during(self, window: str, *extra: str) -> str:
        """The mean of each series over ``window``, aggregated, as a rate over it is a mean. Gauges only."""
        if self.kind != "gauge":
            raise ValueError(f"{self.name} is a {self.kind}; only a gauge has a mean over time")
        return f"{self._aggregated()} (avg_over_time({self.selector(*extra)}[{window}]))"

    def inside(self, window: str, *extra: str) -> str:
        """Whether the whole of ``window`` lies between samples: there are some before it and some after the moment.

        A rate at a run's edges is taken over a window of which a part is no run, so it shows a fall that never was.
        """
        near = f"{self.selector(*extra)}[{LIVE_SECONDS}s]"
        before, after = f"{near} offset {window}", f"{near} offset -{LIVE_SECONDS}s"
        return f"(count (count_over_time({before})) and count (count_over_time({after})))"

    def quantile(self, q: float, window: str, *extra: str) -> str:
        """The windowed quantile of a native histogram, over all its series together."""
        return f"histogram_quantile({q}, {self._histogram_rate(window, extra)})"

    def share_below(self, limit: str, window: str, *extra: str) -> str:
        """The share of a native histogram's observations at or below ``limit`` in ``window``, 0 to 1."""
        return f"histogram_fraction(0, {limit}, {self._histogram_rate(window, extra)})"

    def mean(self, window: str, *extra: str) -> str:
        """The windowed mean of a native histogram."""
        rate = self._histogram_rate(window, extra)
        return f"histogram_sum({rate}) / histogram_count({rate})"

    @property
    def _offset(self) -> str:
        return f" offset {self.shift}ms" if self.shift else ""

    def _aggregated(self) -> str:
        return f"{self.aggregation} by ({', '.join(self.by)})" if self.by else self.aggregation

    def _histogram_rate(self, window: str, extra: tuple[str, ...]) -> str:
        if self.kind != "histogram":
            raise ValueError(f"{self.name} is a {self.kind}, not a histogram")
        return self.rate(window, *extra)
