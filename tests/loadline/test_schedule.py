"""What a script plans: the most VUs at once, and until when, by the options that k6 prints."""

from __future__ import annotations

from typing import Any

import pytest

from loadline.schedule import planned
from rules.answer import Plan


def ramping(*stages: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"executor": "ramping-vus", "stages": [{"duration": d, "target": n} for d, n in stages], **more}


def constant(vus: int, duration: str, start: str | None = None) -> dict[str, Any]:
    return {"executor": "constant-vus", "vus": vus, "duration": duration, "startTime": start}


ARRIVALS = {"executor": "constant-arrival-rate", "rate": 9, "duration": "30s", "preAllocatedVUs": 5, "maxVUs": 50}
ITERATIONS = {"executor": "per-vu-iterations", "vus": 3, "iterations": 2, "maxDuration": None, "startTime": "5s"}


@pytest.mark.parametrize(
    ("scenarios", "vus", "seconds"),
    [
        ([ramping(("10m0s", 6000))], 6000, 600.0),
        ([ramping(("10s", 20), ("0s", 50), ("20s", 50), ("5s", 0), startTime="1m0s")], 50, 95.0),
        ([ramping(("10s", 0), startVUs=30)], 30, 10.0),
        ([ramping(("10s", 0))], 1, 10.0),
        ([constant(5, "30s")], 5, 30.0),
        ([constant(5, "30s"), constant(7, "30s", "30s")], 7, 60.0),
        ([constant(5, "30s"), constant(7, "30s", "29s")], 12, 59.0),
        ([ramping(("10s", 20), ("10s", 0)), ramping(("10s", 20), ("10s", 0), startTime="10s")], 21, 30.0),
        ([{"executor": "shared-iterations", "vus": 10, "iterations": 100}], 10, None),
        ([{"executor": "per-vu-iterations", "vus": None, "iterations": None}], 1, None),
        ([constant(5, "30s"), ITERATIONS], 8, None),
        ([ARRIVALS], None, 30.0),
        ([ARRIVALS, ramping(("1m0s", 4))], None, 60.0),
        ([{"executor": "ramping-arrival-rate", "stages": [{"duration": "10s"}, {"duration": "5s"}]}], None, 15.0),
        ([{"executor": "externally-controlled", "vus": 3, "maxVUs": 9, "duration": "10s"}], None, None),
        ([], None, None),
    ],
)
def test_the_most_vus_at_once_and_the_end_of_the_schedule(
    scenarios: list[dict[str, Any]], vus: int | None, seconds: float | None
) -> None:
    options = {"scenarios": {str(i): one for i, one in enumerate(scenarios)}, "maxVUs": 99, "totalDuration": "9h"}
    executors = [one["executor"] for one in scenarios] or None
    assert planned(options) == Plan(vus=vus, max_vus=99, seconds=seconds, executors=executors)


def test_of_a_segment_only_k6_knows_its_share() -> None:
    options = {"scenarios": {"a": constant(10, "10s")}, "maxVUs": 5, "executionSegment": "1/2:1"}
    assert planned(options) == Plan(vus=None, max_vus=5, seconds=10.0, executors=["constant-vus"])
