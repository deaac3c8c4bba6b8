"""When an SLO was lost, as the benchmark reads it off a list of requests."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.alerting import lost_at, requests_in


def test_it_was_lost_from_the_first_second_on_after_which_none_had_enough_good_requests() -> None:
    blip = [(9.5, False)]
    well = [(10.0 + number / 100, True) for number in range(200)]
    just = [(12.0 + number / 100, number >= 5) for number in range(100)]
    lost = [(13.0 + number / 100, number >= 6) for number in range(100)]
    assert lost_at([*blip, *well, *just, *lost]) == 13.0
    assert lost_at([*blip, *well, *just]) is None
    assert lost_at([]) is None


def test_a_good_request_is_expected_and_soon(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "metric_name,timestamp,metric_value,expected_response\n"
        "http_reqs,1000,1.0,true\n"
        "http_req_duration,1500,1000.0,true\n"
        "http_req_duration,1600,1000.1,true\n"
        "http_req_duration,1700,3.0,false\n"
    )
    assert list(requests_in(path)) == [(1.5, True), (1.6, False), (1.7, False)]
