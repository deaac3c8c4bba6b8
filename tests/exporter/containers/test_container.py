from __future__ import annotations

from typing import Any

import pytest

from exporter.containers.container import Container, parse_container
from tests.exporter.containers.fake_engine import recorded


def changed(*path: str, to: object) -> dict[str, Any]:
    """The recorded ``web`` with one value changed."""
    whole: dict[str, Any] = recorded("web.inspect")
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return whole


def test_what_a_real_engine_says_of_a_container_with_limits_and_a_health_check() -> None:
    api = recorded("api.inspect")
    assert parse_container(api) == Container(
        id=api["Id"],
        name="shop-api-1",
        image="loadline-test:busybox",
        service="api",
        pid=21901,
        started=1795602804.243694,
        restarts=0,
        health="healthy",
        quota=20_000,
        period=100_000,
        memory_limit=64 * 2**20,
        own_network=True,
    )


def test_what_it_says_of_one_without() -> None:
    web = parse_container(recorded("web.inspect"))
    assert (web.service, web.health, web.quota, web.memory_limit, web.restarts) == ("", None, None, None, 3)


@pytest.mark.parametrize(
    ("host", "limit"),
    [
        ({"CpuQuota": 50_000, "CpuPeriod": 0}, (50_000, 100_000)),
        ({"CpuQuota": 50_000, "CpuPeriod": 25_000}, (50_000, 25_000)),
        ({"CpuQuota": -1, "CpuPeriod": 25_000}, (None, 25_000)),
        ({"NanoCpus": 1_500_000_000}, (150_000, 100_000)),
        ({}, (None, 100_000)),
    ],
)
def test_a_cpu_limit_is_said_in_one_of_two_ways(host: dict[str, int], limit: tuple[int | None, int]) -> None:
    one = parse_container(changed("HostConfig", to=host))
    assert (one.quota, one.period) == limit


@pytest.mark.parametrize(
    ("mode", "own"),
    [("default", True), ("shop_default", True), ("none", True), ("host", False), ("container:8dfa", False)],
)
def test_whose_network_it_is_in(mode: str, own: bool) -> None:
    assert parse_container(changed("HostConfig", "NetworkMode", to=mode)).own_network is own


def test_one_that_never_started_has_no_start_and_a_disabled_health_check_no_health() -> None:
    assert parse_container(changed("State", "StartedAt", to="0001-01-01T00:00:00Z")).started is None
    assert parse_container(changed("State", "Health", to={"Status": "none"})).health is None
    assert parse_container(changed("Config", "Labels", to=None)).service == ""
