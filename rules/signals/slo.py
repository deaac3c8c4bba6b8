"""Good requests and all requests per second, as alerting rules count them: for k6, a histogram, or two counters.

A good request is expected and within the limit, and the share is over all requests, so neither a timeout nor a fast
error counts as fast. Where every request fails there is no good one to take a share of, and the share is 0; where
nobody can know, as without histograms, there is no series at all: unknown is neither 0 nor a pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from rules import names
from rules.signals.failures import FAILED
from rules.signals.latency import EXPECTED_DURATION
from rules.signals.load import GOODPUT, OF_TESTS, RESPONSES, VUS
from rules.signals.signal import Signal, where

OF_PROBE: Final = f'{names.PROBE}!=""'


@dataclass(frozen=True)
class Measured:
    """PromQL without labels, or by testid: requests per second over one window."""

    requests: str
    errors: str
    """Those that were not good; absent where that is unknown."""


def by_test(signal: Signal) -> Signal:
    """The signal of each load test by itself."""
    return replace(signal, by=(names.TESTID,))


def request_rate(*windows: str) -> str:
    """All requests per second of each load test, over the first of ``windows`` that holds two samples.

    Shorter than the share's window where it can be: a rate over a window that reaches back before the test's first
    sample is too low, as what was not there yet counts as nothing. A share of two such rates is not bent by it. So no
    rate is told before the first window is full.
    """
    rates = " or ".join(by_test(RESPONSES).rate(window, OF_TESTS) for window in windows)
    full = f"sum by ({names.TESTID}) ({RESPONSES.selector(OF_TESTS)} offset {windows[0]})"
    return f"({rates}) and on ({names.TESTID}) {full}"


def within(seconds: float, window: str) -> str:
    """Good requests per second of each load test. Absent where it sends no native histograms: then nobody knows."""
    share = by_test(EXPECTED_DURATION).share_below(f"{seconds:.12g}", window, OF_TESTS)
    return f"{share} * {by_test(GOODPUT).rate(window, OF_TESTS)}"


def good_ratio(window: str) -> str:
    """Good requests per request of each load test, 0 to 1, from what was recorded as ``within``."""
    failed, goodput = (by_test(one).rate(window, OF_TESTS) for one in (FAILED, GOODPUT))
    none_good = f"0 * ({failed} > 0 unless {goodput} > 0)"
    return f"({names.WITHIN_LIMIT} >= 0 or {none_good}) / {by_test(RESPONSES).rate(window, OF_TESTS)}"


def failed_ratio(window: str) -> str:
    """Failed requests per request of each load test, where any failed in ``window``.

    k6's counters begin with their first value, not with 0: a series that was not there before is an increase too.
    """
    failed, responses = by_test(FAILED), by_test(RESPONSES)
    total = f"sum by ({names.TESTID}) ({failed.selector(OF_TESTS)})"
    before = f"sum by ({names.TESTID}) ({failed.selector(OF_TESTS)} offset {window})"
    first = f"{total} / {window.removesuffix('s')} unless {before}"
    return f"({failed.rate(window, OF_TESTS)} > 0 or {first}) / {responses.rate(window, OF_TESTS)}"


def running() -> str:
    """The VUs of each load test that is running now: no ghost of one that has ended."""
    return f"{by_test(VUS).live(OF_TESTS)} > 0"


def probed(seconds: float, window: str) -> Measured:
    """k6's requests of the probe, all its processes together."""
    share = EXPECTED_DURATION.share_below(f"{seconds:.12g}", window, OF_PROBE)
    requests, goodput = (one.rate(window, OF_PROBE) for one in (RESPONSES, GOODPUT))
    none_good = f"0 * ({FAILED.rate(window, OF_PROBE)} > 0 unless {goodput} > 0)"
    return Measured(requests, _errors(requests, f"{share} * {goodput} >= 0 or {none_good}"))


def native(metric: str, every: str, good: str, seconds: float, window: str) -> Measured:
    """A native histogram; ``every`` and ``good`` are matchers, the second of expected replies among the first."""
    durations = Signal(metric, "s", "Request durations.", metric, "histogram", every)
    requests = f"histogram_count({durations.rate(window)})"
    kept = f"histogram_count({durations.rate(window, good)})"
    within_limit = f"{durations.share_below(f'{seconds:.12g}', window, good)} * {kept}"
    return Measured(requests, _errors(requests, f"{within_limit} >= 0 or 0 * {requests}"))


def classic(metric: str, every: str, good: str, seconds: float, window: str) -> Measured:
    """A classic histogram, whose bounds must hold the limit: without that bucket the errors are unknown."""
    bound = f"{seconds:.12g}"
    # Prometheus 3 writes whole bounds as 1.0, older ones leave them as they were scraped.
    le = f'le=~"{bound}|{bound}[.]0"' if bound.isdecimal() else where(le=bound)
    bucket = Signal(metric, "requests/s", "Requests within a bound.", f"{metric}_bucket", "counter", every)
    count = Signal(metric, "requests/s", "Requests.", f"{metric}_count", "counter", every)
    requests = count.rate(window)
    errors = _errors(requests, f"{bucket.rate(window, le, good)} or 0 * {requests}")
    return Measured(requests, f"{errors} and on () {bucket.rate(window, le)}")


def counted(good: tuple[str, str], total: tuple[str, str], window: str) -> Measured:
    """Two counters, each a metric and its matchers."""
    kept, requests = (
        Signal(metric, "requests/s", "Requests.", metric, "counter", matchers).rate(window)
        for metric, matchers in (good, total)
    )
    return Measured(requests, _errors(requests, f"{kept} or 0 * {requests}"))


def _errors(requests: str, good: str) -> str:
    return f"clamp_min({requests} - ({good}), 0)"


def known(requests: str, slo: str) -> str:
    """The requests of which it is known how many were not good."""
    return f"{requests} and on () {names.SLO_ERRORS}{{{where(slo=slo)}}}"


def unknown(requests: str, slo: str) -> str:
    """The requests of which that is not known."""
    return f"{requests} > 0 unless on () {names.SLO_ERRORS}{{{where(slo=slo)}}}"


def burn_rate(slo: str, budget: float, window: str = "") -> str:
    """How many times faster than the budget allows errors came in ``window``, each request weighing the same.

    Without a window: in that of the recorded rates themselves.
    """
    recorded = [f"{one}{{{where(slo=slo)}}}" for one in (names.SLO_ERRORS, names.SLO_REQUESTS)]
    errors, requests = [f"sum_over_time({one}[{window}])" for one in recorded] if window else recorded
    return f"{errors} / ({requests} > 0) / {budget:.12g}"


def budget_left(slo: str, window: str) -> str:
    """The share of the error budget that is left after ``window``, the SLO's own; below 0 it is overdrawn."""
    return f"1 - max without ({names.WINDOW}) ({burned(slo, window)})"


def burned(slo: str, window: str) -> str:
    """What was recorded as ``burn_rate``."""
    return f"{names.SLO_BURN_RATE}{{{where(slo=slo, window=window)}}}"
