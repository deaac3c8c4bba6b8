"""The stack itself: what makes measurements, and this alerting, untrue."""

from __future__ import annotations

from typing import Any, Final

from rules import names
from rules.signals import stack as signals
from rules.slo.alert import TEST, Board, alert

WINDOW: Final = "1m"
EVERY: Final = "15s"
NEAR: Final = 0.8
"""Of CPU or open files. The answer calls a generator limited from 0.9 on; this is when one can still do something."""

_HOME: Final = Board("loadline-home", 3600)
_OF_MACHINE: Final = Board("loadline-generator", 900, f"machine={{{{ $labels.{names.INSTANCE} | urlquery }}}}")
_OF_K6: Final = Board("loadline-generator", 900, TEST.chosen)


def groups(grafana_url: str) -> list[dict[str, Any]]:
    """Rules that hold for whatever is promised."""
    rules = [
        _writes_refused(grafana_url),
        _writes_lost(grafana_url),
        _down(grafana_url),
        *_generator(grafana_url),
        _stopped(grafana_url),
    ]
    return [{"name": "loadline-stack", "interval": EVERY, "rules": rules}]


def _writes_refused(grafana_url: str) -> dict[str, Any]:
    return alert(
        names.WRITES_REFUSED,
        f"{signals.PUSHES_REFUSED.rate(WINDOW)} > 0",
        "warning",
        hold="15s",
        summary=(
            f'Prometheus {{{{ $labels.{names.INSTANCE} }}}} refuses {{{{ printf "%.2g" $value }}}} pushes/s '
            f"(HTTP {{{{ $labels.{names.CODE} }}}})"
        ),
        description=(
            "What k6 measured is lost: it does not send a push again. 400 is mostly out-of-order samples of several k6 "
            "processes (set out_of_order_time_window), or native histograms that are switched off; 500 is a full disk "
            "or a Prometheus at its limit. Its log says which."
        ),
        board=_HOME,
        grafana_url=grafana_url,
    )


def _writes_lost(grafana_url: str) -> dict[str, Any]:
    return alert(
        names.WRITES_LOST,
        signals.samples_lost(WINDOW),
        "warning",
        hold="1m",
        summary=(
            f'Prometheus {{{{ $labels.{names.INSTANCE} }}}} loses {{{{ printf "%.3g" $value }}}} samples/s '
            "on the way to its remote store"
        ),
        description=(
            "Boards and alerts on the remote store miss what this Prometheus has. Look at its log, at the store's, "
            "and at the network between them."
        ),
        board=_HOME,
        grafana_url=grafana_url,
    )


def _down(grafana_url: str) -> dict[str, Any]:
    return alert(
        names.TARGET_DOWN,
        signals.down(),
        "warning",
        hold="30s",
        summary=f"{{{{ $labels.{names.JOB} }}}} at {{{{ $labels.{names.INSTANCE} }}}} cannot be scraped",
        description=(
            "Of this machine nothing is known any more, so no answer can say what ran out there. Is loadline exporter "
            "(or loadline watch) running, its port open to Prometheus, and the machine itself up? Prometheus's page "
            "Targets has the error. A machine that is gone for good: take it out of the targets."
        ),
        board=_HOME,
        grafana_url=grafana_url,
    )


def _generator(grafana_url: str) -> list[dict[str, Any]]:
    cases = {
        "CPU of its machine": (signals.generator_cpu(WINDOW, NEAR), _OF_MACHINE),
        "CPU that k6 may use": (signals.own_cpu(WINDOW, NEAR), _OF_K6),
        "files that k6 may open": (signals.own_files(NEAR), _OF_K6),
    }
    return [
        alert(
            names.GENERATOR_NEAR_LIMIT,
            expr,
            "warning",
            hold="30s",
            labels={names.AUDIENCE: names.WATCHER, names.LIMIT: of},
            summary=(
                f"The load generator {{{{ $labels.{names.INSTANCE} }}}} has {{{{ humanizePercentage $value }}}} of the "
                f"{of} in use"
            ),
            description=(
                "From 90 % on it measures itself and no longer the server, and the answer will be generator_limited. "
                "Spread the load over more machines, give it more CPU or a higher ulimit -n, or make the script do "
                "less."
            ),
            board=board,
            grafana_url=grafana_url,
        )
        for of, (expr, board) in cases.items()
    ]


def _stopped(grafana_url: str) -> dict[str, Any]:
    run = f'{{{{ or $labels.{names.TESTID} "without a testid" }}}}'
    return alert(
        names.SAMPLES_STOPPED,
        signals.silent(),
        "warning",
        labels={names.AUDIENCE: names.WATCHER},
        hold="15s",
        summary=f"Load test {run} has sent nothing for {{{{ humanizeDuration $value }}}}, and did not end",
        description=(
            "k6 was killed (out of memory, mostly: dmesg tells), it cannot reach Prometheus any more, or Prometheus "
            "refuses its pushes. The load may still go on: look at k6's log first, and stop it if nobody can see what "
            "it does."
        ),
        board=TEST,
        grafana_url=grafana_url,
    )
