"""Which tests may run beside each other where there are several workers: ``pytest -n 3``, as ``make test`` has it.

One worker does a share from its first test to its last, so that no two tests of a share ever run side by side. A file
is a share of its own; files that would disturb each other, or look at the same thing, are one together.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

SHARES: Final[dict[str, tuple[str, ...]]] = {
    "runs of k6 against servers of known capacity": (
        "tests/test_real_run.py",
        "tests/dashboards/test_shown.py",  # looks at the same run as the file before, which takes a minute
        "tests/exporter/containers/test_throttled_run.py",
        "tests/test_real_limits.py",
        "tests/loadline/test_lost_prometheus.py",
    ),
    "runs that steer themselves": (
        "tests/loadline/test_steered_run.py",
        "tests/loadline/test_journey.py",
        "tests/loadline/test_max_rate.py",
        "tests/test_hold.py",
    ),
    "Compose, and alerts": ("tests/compose/test_on_engine.py", "tests/test_alerting.py"),
    # Two of these at once would leave none of two cores to the runs above.
    "what keeps a core busy": (
        "tests/test_simulated_runs.py",
        "tests/simulator/test_capacity.py",
        "tests/simulator/test_draw.py",
        "tests/rules/test_invariants.py",
        "tests/rules/slo/test_rules.py",
    ),
    "port 5665, where k6 always has its page": (
        "tests/loadline/test_bad_input.py",
        "tests/loadline/test_web_dashboard.py",
    ),
}
"""Begun in this order, before all other files: what takes longest goes first, or others wait for it in the end."""


def share(nodeid: str) -> str:
    """The share of a test: its name in SHARES, or its file."""
    file = nodeid.partition("::")[0]
    return next((name for name, files in SHARES.items() if file in files), file)


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Put the tests of SHARES before all others; within a share and after them the order stays."""
    place = {name: number for number, name in enumerate(SHARES)}
    items.sort(key=lambda item: place.get(share(item.nodeid), len(place)))


class InShares(LoadScopeScheduling):
    """xdist's scheduler with shares for scopes, handed out in the order of their tests."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False  # xdist would begin with the scope of most tests
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid)
