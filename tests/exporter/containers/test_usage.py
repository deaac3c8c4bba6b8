from __future__ import annotations

from typing import Any

from exporter.containers.usage import Traffic, Usage, parse_stats
from tests.exporter.containers.fake_engine import recorded

OF_CGROUP_V2: dict[str, Any] = {
    "read": "2026-11-25T10:33:25.5Z",
    "cpu_stats": {
        "cpu_usage": {"total_usage": 2_500_000_000, "usage_in_kernelmode": 0, "usage_in_usermode": 2_500_000_000},
        "throttling_data": {"periods": 30, "throttled_periods": 29, "throttled_time": 1_250_000_000},
    },
    "memory_stats": {"usage": 900_000, "stats": {"anon": 1, "inactive_file": 300_000}, "limit": 67_108_864},
    "networks": {"eth0": {"rx_bytes": 1, "rx_dropped": 2, "tx_bytes": 3, "tx_dropped": 4, "rx_packets": 5}},
}
"""As the engine documents it for cgroup v2, shortened."""


def test_nanoseconds_become_seconds_and_droppable_cache_is_not_in_the_working_set() -> None:
    assert parse_stats(OF_CGROUP_V2) == Usage(2.5, 30, 29, 1.25, 900_000, 600_000, {"eth0": Traffic(1, 2, 3, 4)})


def test_what_a_real_engine_says_on_cgroup_v1() -> None:
    stats = recorded("api.stats")
    stats["memory_stats"]["stats"] |= {"inactive_file": 1, "total_inactive_file": 4096}
    usage = parse_stats(stats)
    assert usage is not None
    assert usage.cpu == stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9 > 0
    assert usage.throttled_periods == stats["cpu_stats"]["throttling_data"]["throttled_periods"] > 0
    assert usage.working_set == stats["memory_stats"]["usage"] - 4096
    assert list(usage.traffic) == ["eth0"]


def test_the_zeros_of_a_container_that_does_not_run_are_no_figures() -> None:
    assert parse_stats(OF_CGROUP_V2 | {"read": "0001-01-01T00:00:00Z"}) is None


def test_a_cache_that_grew_in_between_is_not_a_negative_working_set() -> None:
    usage = parse_stats(OF_CGROUP_V2 | {"memory_stats": {"usage": 100, "stats": {"inactive_file": 300}}})
    assert usage is not None
    assert usage.working_set == 0
