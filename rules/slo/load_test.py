"""During a load test, which lasts minutes: the objective is lost, at which request rate, and requests begin to fail.

A finding and no emergency: most tests seek the limit. So they go to the watcher and page nobody, and are silent when
nobody tests, also while Prometheus still shows the ghost of a test that has ended.
"""

from __future__ import annotations

from typing import Any, Final

from rules import names
from rules.signals import slo as signals
from rules.slo.alert import RATE, TEST, alert, asked_of_test
from rules.slo.model import Slo

WINDOW: Final = "40s"
"""Two pushes of the slowest k6 that is to be served (15 s), with room for a late one; the share lags by half of it."""
RATE_WINDOWS: Final = ("20s", WINDOW)
LOST_FOR: Final = "10s"
EVERY: Final = "5s"
"""One push at k6's default interval."""
RUN: Final = f'{{{{ or $labels.{names.TESTID} "without a testid" }}}}'
ON: Final = f"and on ({names.TESTID})"


def groups(slo: Slo, grafana_url: str) -> list[dict[str, Any]]:
    """Rules by testid; each group is read in order, what is recorded before what reads it."""
    lost = f"{names.GOOD_RATIO} < {slo.target:.12g}"
    rate = signals.request_rate(*RATE_WINDOWS)
    rules: list[dict[str, Any]] = [
        {"record": names.WITHIN_LIMIT, "expr": signals.within(slo.threshold, WINDOW)},
        {"record": names.GOOD_RATIO, "expr": signals.good_ratio(WINDOW)},
        # The rate at which it was lost, held as long as it is: a test goes on to rates that say nothing.
        {"record": names.RATE_AT_LOSS, "expr": f"({names.RATE_AT_LOSS} or {rate}) {ON} ({lost})"},
        {"record": names.FAILED_RATIO, "expr": signals.failed_ratio(WINDOW)},
        _lost(slo, grafana_url),
        _failures(slo, grafana_url),
    ]
    return [{"name": "loadline-load-test", "interval": EVERY, "rules": rules}]


def _lost(slo: Slo, grafana_url: str) -> dict[str, Any]:
    good = asked_of_test(names.GOOD_RATIO, "humanizePercentage", "About " if slo.between_bounds else "")
    return alert(
        names.SLO_LOST,
        f"{names.RATE_AT_LOSS} {ON} ({signals.running()})",
        "warning",
        hold=LOST_FOR,
        labels={names.AUDIENCE: names.WATCHER, names.SLO: slo.name},
        summary=f"Load test {RUN} lost the SLO {slo.name} at {RATE} requests/s",
        description=(
            f"{good} of the requests are good (expected, and answered within {slo.threshold:.12g} s), "
            f"and {slo.target * 100:.12g}% should be. In a test that seeks the limit this is the finding: the SLO "
            "capacity lies near this rate, and loadline analyze says where. If the test should have held, stop it and "
            "look at the server's CPU and at failures by status."
        ),
        board=TEST,
        grafana_url=grafana_url,
    )


def _failures(slo: Slo, grafana_url: str) -> dict[str, Any]:
    rate = signals.request_rate(*RATE_WINDOWS)
    failing = asked_of_test(names.FAILED_RATIO, "humanizePercentage")
    return alert(
        names.FAILURES_STARTED,
        f"({rate}) {ON} ({names.FAILED_RATIO} > 0) {ON} ({signals.running()})",
        "info",
        labels={names.AUDIENCE: names.WATCHER, names.SLO: slo.name},
        summary=f"Load test {RUN}: {failing} of the requests fail at {RATE} requests/s",
        description=(
            "They got no reply, or one that the script did not expect. Look at failures by status: 0 is no reply "
            "(refused, reset or timed out), 429 and 503 are a server that turns load away, 500 is a fault of its own. "
            "Failed requests are no throughput, and never good."
        ),
        board=TEST,
        grafana_url=grafana_url,
    )
