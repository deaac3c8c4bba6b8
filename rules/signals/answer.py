"""What Loadline itself answered, as gauges that boards read back; and when what happened in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rules import names
from rules.signals.signal import Signal, where

Labels = tuple[str, ...]
Ask = Callable[[Signal], str]
"""The query for what stands of a signal: of the run that a board is about."""

_RATE = "requests/s"
CLOSELY: Final = "15s"
"""How closely the last sample of one run's series is looked for: a few scrapes, so that a long range stays cheap."""
ROUGHLY: Final = "5m"
"""The same of many runs: a series is seen for so long after its last sample, and told for longer after the run."""


def _of_run(name: str, unit: str, metric: str, description: str) -> Signal:
    return Signal(name, unit, description, metric, "gauge", aggregation="max")


MAX_THROUGHPUT: Final = _of_run(
    "maximum throughput", _RATE, names.MAX_THROUGHPUT, "The highest goodput that the system sustains."
)
MAX_THROUGHPUT_LOW: Final = _of_run(
    "low", _RATE, names.MAX_THROUGHPUT_LOW, 'Lower end of its 95 % interval; alone, it means "at least".'
)
MAX_THROUGHPUT_HIGH: Final = _of_run("high", _RATE, names.MAX_THROUGHPUT_HIGH, "Upper end of its 95 % interval.")
SLO_CAPACITY: Final = _of_run(
    "SLO capacity", _RATE, names.SLO_CAPACITY, "The highest sustained goodput that still meets the latency objective."
)
SLO_CAPACITY_LOW: Final = replace(MAX_THROUGHPUT_LOW, metric=names.SLO_CAPACITY_LOW)
SLO_CAPACITY_HIGH: Final = replace(MAX_THROUGHPUT_HIGH, metric=names.SLO_CAPACITY_HIGH)
LATENCY_LIMIT: Final = _of_run("limit", "s", names.LATENCY_LIMIT, "The longest that a good request may take.")
FAILURE_RATIO: Final = _of_run("failed", "ratio", names.FAILURE_RATIO, "Failed requests per request, of the whole run.")
PLANNED_VUS: Final = _of_run("planned VUs", "VUs", names.PLANNED_VUS, "The most that the script plans.")
RUN_START: Final = _of_run("start", "s", names.RUN_START, "When the run began, in unix seconds.")
RUN_END: Final = _of_run("end", "s", names.RUN_END, "When the run was last seen, in unix seconds.")
GENERATOR: Final = Signal(
    "generator",
    "1",
    "One series per verdict on the load generator; 1 for the one that stands, 0 for the others.",
    names.GENERATOR_VERDICT,
    "gauge",
    aggregation="max",
    by=(names.VERDICT_LABEL,),
)
IN_DOUBT: Final = replace(
    GENERATOR,
    name="in doubt",
    description="1 where nothing tells whether k6 itself was the limit.",
    matchers=where(**{names.VERDICT_LABEL: "unknown"}),
    by=(),
)
BOTTLENECK: Final = Signal(
    "bottleneck",
    "1",
    "1 for the resource that ran out first.",
    names.BOTTLENECK,
    "gauge",
    aggregation="max",
    by=(names.RESOURCE,),
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
    by=(names.RULE, names.PART),
)
MARKED: Final = replace(EVENT, matchers=f'{names.RULE}!="{names.PART}"')
"""Those that happened at one moment of which the runs' own series do not tell: rules/signals/parts.py has the parts."""

ONE_OF_SEVERAL: Final = (VERDICT, GENERATOR, IN_DOUBT)
NEVER_WITHDRAWN: Final = (RUN_START, RUN_END, FAILURE_RATIO)


def told(signal: Signal, window: str, *extra: str, each: Labels = (), at: str = "") -> str:
    """The last value of ``signal`` in ``window``, by ``each``, of what is never withdrawn. ``at`` is as in latest."""
    labels = ", ".join((*each, *signal.by))
    return f"{signal.aggregation} by ({labels}) (last_over_time({signal.selector(*extra)}[{window}]{_space(at)}))"


def latest(signal: Signal, window: str, *extra: str, each: Labels = (), at: str = "", step: str = CLOSELY) -> str:
    """The last value of ``signal`` in ``window``, by ``each``, and nothing if the last answer came without one.

    A gauge outlives its run's last scrape, so the board finds it in a range that reaches further. But a number
    that was withdrawn, as when a plateau turned out to be a gap, must not stay on the wall. ``at`` is PromQL's
    modifier, ``@ end()`` for a line that is level over the whole range; ``step`` is how closely the last sample is
    looked for.
    """
    run, labels = ", ".join(each), ", ".join((*each, *signal.by))
    seen, ever = (_last_seen(one, by, window, extra, at, step) for one, by in ((signal, labels), (RUN_START, run)))
    value = told(signal, window, *extra, each=each, at=at)
    return f"{value} and on ({labels}) ({seen} >= on ({run}) group_left () {ever})"


def shown(signal: Signal, window: str, *extra: str, each: Labels = ()) -> str:
    """What stands of ``signal``: of the verdicts the one that holds, of all others the latest value."""
    if signal in ONE_OF_SEVERAL:
        return f"{told(signal, window, *extra, each=each)} == 1"
    if signal in NEVER_WITHDRAWN:
        return told(signal, window, *extra, each=each)
    return latest(signal, window, *extra, each=each, step=ROUGHLY if each else CLOSELY)


def maximum(ask: Ask, each: Labels = ()) -> dict[str, str]:
    """Queries for the maximum throughput by name, as in ``_interval``; in doubt it is where rules/proof.py says so.

    ``each`` are the labels by which ``ask`` tells runs apart.
    """
    return _interval(ask, MAX_THROUGHPUT, MAX_THROUGHPUT_LOW, MAX_THROUGHPUT_HIGH, ask(IN_DOUBT), _on(each))


def slo_capacity(ask: Ask, each: Labels = ()) -> dict[str, str]:
    """The same for the SLO capacity, which is in doubt where it reaches the plateau; "below" is a high end alone."""
    on, doubt = _on(each), _slo_doubt(ask, each)
    top, known = _sure(ask, SLO_CAPACITY_HIGH, doubt, on), f"({ask(SLO_CAPACITY)}) or ({ask(SLO_CAPACITY_LOW)})"
    told = _interval(ask, SLO_CAPACITY, SLO_CAPACITY_LOW, SLO_CAPACITY_HIGH, doubt, on)
    return {**told, "below": f"{top} unless {on} ({known})"}


def slo_bounds(ask: Ask, each: Labels = ()) -> tuple[str, str]:
    """What the SLO capacity is at least, and what it is below, wherever it is no number with an interval.

    A rate that was held and whose limit nobody knows is such an "at least"; "between" is both.
    """
    on, value, top = _on(each), ask(SLO_CAPACITY), _sure(ask, SLO_CAPACITY_HIGH, _slo_doubt(ask, each), _on(each))
    least = f"(({value}) or ({ask(SLO_CAPACITY_LOW)})) unless {on} ({slo_capacity(ask, each)['']})"
    return least, f"{top} unless {on} ({value})"


def _slo_doubt(ask: Ask, each: Labels) -> str:
    on = _on(each)
    return f"({ask(IN_DOUBT)}) and {on} (({ask(SLO_CAPACITY_HIGH)}) >= {on} ({ask(MAX_THROUGHPUT)}))"


def _interval(ask: Ask, value: Signal, low: Signal, high: Signal, doubt: str, on: str) -> dict[str, str]:
    """Queries for an answer's number by name; "" is itself. What it tells is as ``rules/known.py`` decides.

    Without an end above it that counts, none where there is ``doubt``, it is "at least" itself, or else the low end.
    Low and high stand around a value, and where it is between them. ``on`` says by what runs are matched.
    """
    known, bottom, top = ask(value), ask(low), _sure(ask, high, doubt, on)
    only_low = f"(({bottom}) unless {on} {top})"
    return {
        "": f"({known}) unless {on} {only_low}",
        "low": f"({bottom}) and {on} (({known}) or {top})",
        "high": f"({ask(high)}) and {on} (({known}) or (({bottom}) unless {on} ({doubt})))",
        "at least": f"(({known}) or ({bottom})) and {on} {only_low}",
    }


def _sure(ask: Ask, high: Signal, doubt: str, on: str) -> str:
    """The ``high`` end where it is not in ``doubt``."""
    return f"(({ask(high)}) unless {on} ({doubt}))"


def _on(labels: Labels) -> str:
    return f"on ({', '.join(labels)})"


def level(signal: Signal, window: str, while_there: str, *extra: str) -> str:
    """The last value as a level line over a range query, wherever ``while_there`` has a value."""
    return f"({latest(signal, window, *extra, at='@ end()')}) and on () ({while_there})"


def event_milliseconds(window: str, *extra: str) -> str:
    """Each event's time as Grafana's annotations want it: unix milliseconds, with the event's labels.

    As it stood at the end of the range: an event that moved while the run went on (a knee) is one mark, no trail, and
    one that turned out to be untrue is none.
    """
    return f"({latest(MARKED, window, *extra, each=(names.TESTID,), at='@ end()')}) * 1000"


def _last_seen(signal: Signal, labels: str, window: str, extra: Labels, at: str, step: str) -> str:
    """Unix seconds of the signal's newest sample in ``window``, by ``labels``: now, else at the last of its moments."""
    raw = signal.selector(*extra)
    now, before = f"timestamp({raw}{_space(at)})", f"timestamp({raw})[{window}:{step}]{_space(at)}"
    return f"(max by ({labels}) ({now}) or max by ({labels}) (max_over_time({before})))"


def _space(modifier: str) -> str:
    return f" {modifier}" if modifier else ""
