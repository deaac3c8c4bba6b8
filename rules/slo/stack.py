"""The stack itself: what makes measurements, and this alerting, untrue."""

from __future__ import annotations

from typing import Any, Final

from rules import names
from rules.signals import stack as signals
from rules.slo.alert import TEST, Board, alert
from rules.slo.every_day import BOARD
from rules.slo.model import Slo
from rules.slo.windows import DAY, HOUR, written

WINDOW: Final = "1m"
EVERY_SECONDS: Final = 15
NEAR: Final = 0.8
"""Of CPU or open files. The answer calls a generator limited from 0.9 on; this is when one can still do something."""

PROBE_SILENT: Final = 300
"""Seconds: the shortest window of an SLO over 30 days, which holds nothing any more. A restart takes seconds, and that
of a machine with all it runs a minute or three."""
PROBE_HOLD: Final = "5m"
"""A Prometheus that comes back after hours finds its newest sample hours old, until the next push arrives."""
PROBE_TOLD: Final = DAY
"""Seconds after the last sample. Somebody was told twice by then (Alertmanager tells again every twelve hours), and one
who ended the probe on purpose looks at it for no longer than a run of it takes."""
PROBE_LEAST: Final = HOUR
"""Seconds for which it must have been heard: one that somebody tries for minutes measures no SLO yet."""

_HOME: Final = Board("loadline-home", 3600)
_OF_MACHINE: Final = Board("loadline-generator", 900, f"machine={{{{ $labels.{names.INSTANCE} | urlquery }}}}")
_OF_K6: Final = Board("loadline-generator", 900, TEST.chosen)


def groups(probed: Slo, grafana_url: str) -> list[dict[str, Any]]:
    """Rules that hold for whatever is promised; ``probed`` is the SLO that the probe measures."""
    rules = [
        _writes_refused(grafana_url),
        _writes_lost(grafana_url),
        _down(grafana_url),
        *_generator(grafana_url),
        _stopped(grafana_url),
        {"record": names.PROBE_HEARD, "expr": signals.heard()},
        _probe_stopped(probed, grafana_url),
    ]
    return [{"name": "loadline-stack", "interval": f"{EVERY_SECONDS}s", "rules": rules}]


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


def _probe_stopped(probed: Slo, grafana_url: str) -> dict[str, Any]:
    among = written(PROBE_TOLD + PROBE_LEAST)
    return alert(
        names.PROBE_STOPPED,
        signals.unheard(PROBE_SILENT, written(PROBE_TOLD), PROBE_LEAST // EVERY_SECONDS, among),
        "warning",
        hold=PROBE_HOLD,
        labels={names.SLO: probed.name},
        summary=(
            f"SLO {probed.name}: its probe {{{{ $labels.{names.PROBE} }}}} has sent nothing for "
            "{{ humanizeDuration $value }}"
        ),
        description=(
            "Nobody asks the service any more, so no failure of it is told. Is the probe running, and does it reach "
            "Prometheus (docker compose --profile probe ps -a, and logs probe)? It ends daily, and must be started "
            "again each time: by Docker, or by systemd's Restart=always. Where it was ended on purpose, silence this: "
            f"{written(PROBE_TOLD)} after the last sample it is over by itself."
        ),
        board=Board(BOARD, 3 * HOUR, f"{names.SLO}={probed.name}"),
        grafana_url=grafana_url,
    )
