"""One declaration, many renderings; and no value that breaks out of its quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.prometheus import Prometheus
from rules.signals import failures, host, latency, load
from rules.signals.signal import any_of, quote, where


def test_a_rate_narrows_by_the_signals_own_matchers_and_by_the_callers() -> None:
    assert load.GOODPUT.rate("1m", 'testid="a"') == (
        'sum (rate(k6_http_reqs_total{expected_response="true",testid="a"}[1m]))'
    )


def test_several_signals_are_one_selector() -> None:
    assert any_of((load.VUS, load.VUS_MAX), where(testid="a")) == '{__name__=~"k6_vus|k6_vus_max",testid="a"}'


def test_failures_are_summed_by_status() -> None:
    assert failures.FAILED_BY_STATUS.rate("30s").startswith("sum by (status) (rate(k6_http_reqs_total{")


def test_a_quantile_is_over_all_series_together() -> None:
    assert latency.EXPECTED_DURATION.quantile(0.95, "30s") == (
        'histogram_quantile(0.95, sum (rate(k6_http_req_duration_seconds{expected_response="true"}[30s])))'
    )


def test_a_gauge_has_no_rate_and_a_counter_no_present_value() -> None:
    with pytest.raises(ValueError, match="VUs is a gauge"):
        load.VUS.rate("1m")
    with pytest.raises(ValueError, match="throughput is a counter"):
        load.RESPONSES.value()
    with pytest.raises(ValueError, match="not a histogram"):
        load.RESPONSES.quantile(0.5, "1m")


def test_two_exporters_on_one_host_are_not_added_up() -> None:
    query = host.cpu_ratio("1m", host.SERVER)
    assert query.startswith("1 - min by (instance) (avg by (instance, job) (")


@given(st.text(max_size=30))
def test_any_testid_can_be_asked_for_and_matches_nothing_else(prometheus: Prometheus, testid: str) -> None:
    text = testid.encode("utf-8", "ignore").decode()
    assert prometheus.instant(load.VUS.selector(where(testid=f"none {text}")), 1.0) == []


def test_a_quoted_value_cannot_end_its_string() -> None:
    assert quote('a"} or vector(1) #\\\n') == '"a\\"} or vector(1) #\\\\\\n"'
