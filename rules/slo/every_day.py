"""Every day: the error budget of each SLO, and alerts on how fast it burns, over several windows.

Two series a service are recorded from its own, however many it has, and every longer window is read from these: it
costs the same for a service of ten thousand series, and weighs each request alike, busy hour or quiet night.
"""

from __future__ import annotations

from typing import Any, Final

from rules import names
from rules.signals import slo as signals
from rules.signals.signal import where
from rules.slo.alert import Board, alert, asked
from rules.slo.model import Slo, split
from rules.slo.windows import BURNS, Burn, scaled, written

EVERY: Final = "30s"
WHOLE_EVERY: Final = "5m"
"""The whole window moves slowly, and is the dearest to read."""
HOLD: Final = "2m"
"""So that the first seconds of a new service, all of its history, page nobody."""
BOARD: Final = "loadline-slo"


def groups(slo: Slo, grafana_url: str) -> list[dict[str, Any]]:
    """Rules of one SLO: what is recorded comes before what reads it."""
    burns = scaled(slo.time_window)
    windows = [written(one) for one in sorted({window for burn in burns for window in (burn.long, burn.short)})]
    base = windows[0]
    measured = measure(slo, base)
    rules: list[dict[str, Any]] = [
        _record(slo, names.SLO_OBJECTIVE, f"vector({slo.target:.12g})"),
        _record(slo, names.SLO_ERRORS, measured.errors),
        _record(slo, names.SLO_REQUESTS, signals.known(measured.requests, slo.name)),
        _burn_rate(slo, base, ""),
        *(_burn_rate(slo, window, window) for window in windows[1:]),
        *(_burning(slo, burn, grafana_url) for burn in burns),
        *_unmeasured(slo, measured.requests, grafana_url),
    ]
    every = written(slo.seconds)
    left = _record(slo, names.SLO_BUDGET_LEFT, signals.budget_left(slo.name, every))
    whole = [_burn_rate(slo, every, every), left]
    return [
        {"name": f"loadline-slo-{slo.name}", "interval": EVERY, "rules": rules},
        {"name": f"loadline-slo-{slo.name}-budget", "interval": WHOLE_EVERY, "rules": whole},
    ]


def measure(slo: Slo, window: str) -> signals.Measured:
    """What the SLO counts, per second over ``window``."""
    if slo.indicator.histogram:
        metric, matchers = split(slo.indicator.histogram.metric)
        kind = signals.native if slo.indicator.histogram.native else signals.classic
        return kind(metric, matchers, slo.indicator.histogram.good or "", slo.threshold, window)
    if slo.indicator.ratio_metric:
        good, total = slo.indicator.ratio_metric.good, slo.indicator.ratio_metric.total
        return signals.counted(split(good), split(total), window)
    return signals.probed(slo.threshold, window)


def promised(slo: Slo) -> str:
    """The promise in words."""
    soon = "" if slo.indicator.ratio_metric else f", within {slo.threshold:.12g} s"
    return f"{slo.target * 100:.12g}% of the requests of {slo.time_window}d are answered as expected{soon}"


def _record(slo: Slo, name: str, expr: str, **labels: str) -> dict[str, Any]:
    return {"record": name, "expr": expr, "labels": {names.SLO: slo.name, **labels}}


def _burn_rate(slo: Slo, window: str, over: str) -> dict[str, Any]:
    return _record(slo, names.SLO_BURN_RATE, signals.burn_rate(slo.name, slo.budget, over), window=window)


def _burning(slo: Slo, burn: Burn, grafana_url: str) -> dict[str, Any]:
    long, short = written(burn.long), written(burn.short)
    over_long, over_short = (f"{signals.burned(slo.name, one)} > {burn.factor:g}" for one in (long, short))
    about = "about " if slo.between_bounds else ""
    bad = asked(f"{signals.burned(slo.name, long)} * {slo.budget:.12g}", "humanizePercentage", about)
    # Rounded, as humanizeDuration cuts: the sums of Prometheus 2 make 5d 23h 59m 59s of six days.
    lasts = asked(f"round({slo.seconds} / {signals.burned(slo.name, long)})", "humanizeDuration")
    left = asked(f"{names.SLO_BUDGET_LEFT}{{{where(slo=slo.name)}}}", "humanizePercentage")
    urgent = burn.severity == "critical"
    do = (
        "Users are hurt now: look at what changed last, and at errors and latency of the service."
        if urgent
        else "There is no hurry, but the promise will not be kept like this: look into it in working hours."
    )
    return alert(
        names.BURNING_FAST if urgent else names.BURNING_SLOWLY,
        f"{over_long} and ignoring ({names.WINDOW}) {over_short}",
        burn.severity,
        hold=HOLD,
        labels={names.SLO: slo.name, names.WINDOW: long},
        summary=(
            f"SLO {slo.name}: {bad} of the requests in the last {long} were not good, "
            '{{ printf "%.3g" $value }} times what the objective allows'
        ),
        description=(
            f"Promised is that {promised(slo)}. At this rate the whole error budget lasts {lasts}; left of it is "
            f"{left}. {do}"
        ),
        board=_board(slo, 3 * burn.long),
        grafana_url=grafana_url,
    )


def _board(slo: Slo, seconds: int) -> Board:
    return Board(BOARD, seconds, f"{names.SLO}={slo.name}")


def _unmeasured(slo: Slo, requests: str, grafana_url: str) -> list[dict[str, Any]]:
    """An alert for requests of which nobody knows how many are good, where that can be."""
    if slo.indicator.k6:
        why = "the probe sends no native histograms: set K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true"
    elif slo.indicator.histogram and not slo.indicator.histogram.native:
        why = f"its histogram has no bucket at {slo.threshold:.12g} s: name a threshold that is a bound of it"
    else:
        return []
    return [
        alert(
            names.UNMEASURED,
            signals.unknown(requests, slo.name),
            "warning",
            hold=written(2 * min(burn.short for burn in scaled(slo.time_window))),  # so that one window's end is none
            labels={names.SLO: slo.name},
            summary=f'SLO {slo.name}: of {{{{ printf "%.3g" $value }}}} requests/s nobody knows how many are good',
            description=f"As long as this lasts no other alert of this SLO can fire. Most likely {why}.",
            board=_board(slo, BURNS[0].long),
            grafana_url=grafana_url,
        )
    ]
