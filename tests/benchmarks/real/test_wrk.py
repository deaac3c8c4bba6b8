from __future__ import annotations

import pytest

from loadline.errors import BrokenError
from tests.benchmarks.real.wrk import Measured, parse

REPORT = """\
Running 20s test @ http://127.0.0.1:8080/boards
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   158.12ms   12.11ms 170.02ms   95.50%
    Req/Sec   200.55     23.21   272.00     70.00%
  4004 requests in 20.04s, 1.02MB read
{more}Requests/sec:    199.81
Transfer/sec:     52.23KB
"""


def test_the_rate_is_read_off_the_report() -> None:
    assert parse(REPORT.format(more="")) == Measured(199.81, 0)


def test_socket_errors_are_added_up() -> None:
    more = "  Socket errors: connect 1, read 0, write 0, timeout 6\n"
    assert parse(REPORT.format(more=more)) == Measured(199.81, 7)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (REPORT.format(more="  Non-2xx or 3xx responses: 12\n"), "no success"),
        ("unable to connect to 127.0.0.1:1 Connection refused\n", "told no rate: unable to connect"),
    ],
)
def test_a_report_that_is_no_goodput_is_refused(output: str, words: str) -> None:
    with pytest.raises(BrokenError, match=words):
        parse(output)
