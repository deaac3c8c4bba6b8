"""What the stack tells of itself: pushes refused, targets down, a load test or a probe that is not heard any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rules import names
from rules.signals import host, k6
from rules.signals.load import OF_TESTS, VUS
from rules.signals.signal import LIVE_SECONDS, Signal, where
from rules.signals.slo import OF_PROBE, running

PUSHES_REFUSED: Final = Signal(
    "pushes refused",
    "pushes/s",
    "Writes by k6 that Prometheus did not take.",
    names.HTTP_REQUESTS,
    "counter",
    f'{names.HANDLER}="/api/v1/write",{names.CODE}!~"2.."',
    by=(names.INSTANCE, names.CODE),
)
SAMPLES_LOST: Final = (
    Signal(
        "samples failed",
        "samples/s",
        "Samples that the store behind Prometheus refused for good.",
        names.REMOTE_SAMPLES_FAILED,
        "counter",
        by=(names.INSTANCE,),
    ),
    Signal(
        "samples dropped",
        "samples/s",
        "Samples that Prometheus gave up to send.",
        names.REMOTE_SAMPLES_DROPPED,
        "counter",
        by=(names.INSTANCE,),
    ),
)


def samples_lost(window: str) -> str:
    """Samples per second that did not reach the store behind Prometheus, whatever became of them."""
    return " or ".join(f"{one.rate(window)} > 0" for one in SAMPLES_LOST)


def down() -> str:
    """Targets of ours that cannot be scraped. A k6 is up only while it runs, so it is none of them."""
    ours = f'{names.ROLE}=~"{names.ROLE_SERVER}|{names.ROLE_GENERATOR}|{names.ROLE_BOTH}"'
    watcher = where(job=names.WATCH_JOB)
    not_k6 = f'{names.JOB}!="{names.K6_JOB}"'
    return f"{names.UP}{{{ours},{not_k6}}} == 0 or {names.UP}{{{watcher}}} == 0"


def generator_cpu(window: str, limit: float) -> str:
    """Busy share of generators beyond ``limit`` while a load test runs.

    Machines with the server on them are not judged: there the server may be what is busy, and k6's own CPU tells.
    """
    machine = f'{names.ROLE}="{names.ROLE_GENERATOR}"'
    return f"{host.cpu_share(window, machine)} > {limit:g} and on () count({running()})"


def own_cpu(window: str, limit: float) -> str:
    """CPU of each run's k6 over what it may use, beyond ``limit``."""
    return f"{_of_run(k6.CPU).rate(window)} / {_of_run(k6.CORES).value()} > {limit:g}"


def own_files(limit: float) -> str:
    """Open files of each run's k6 over what it may open, beyond ``limit``."""
    return f"{_of_run(k6.OPEN_FILES).value()} / {_of_run(k6.FILES_LIMIT).value()} > {limit:g}"


def _of_run(signal: Signal) -> Signal:
    return replace(signal, by=(names.INSTANCE, names.TESTID))


def silent() -> str:
    """Seconds since the last sample of a load test that should still send: of one of its k6 processes.

    A k6 that ends marks its series as ended. Where it does not (K6_PROMETHEUS_RW_STALE_MARKERS is off by default), an
    end looks the same, so this needs a sign that the test goes on, or was one of ours, which mark their ends: k6's own
    metrics are scraped, or another of its processes still sends.
    """
    vus = VUS.selector(OF_TESTS)
    age = f"time() - min by ({names.TESTID}) (timestamp({vus}) and {vus} > 0)"
    ours = f"count by ({names.TESTID}) ({names.UP}{{{where(job=names.K6_JOB)}}})"
    return f"{age} > {LIVE_SECONDS} and on ({names.TESTID}) ({ours} or {running()})"


def heard() -> str:
    """When the newest sample of each probe came, in unix seconds; absent once it marked its end, or five minutes on."""
    return f"max by ({names.PROBE}) (timestamp({VUS.selector(OF_PROBE)}))"


def unheard(seconds: int, window: str, looks: int, among: str) -> str:
    """Seconds since the newest sample of each probe that was heard in ``window``, where they are more than ``seconds``.

    Only of a probe: one that was heard at ``looks`` evaluations ``among`` the last, not one that was tried for minutes.
    """
    silence = f"time() - last_over_time({names.PROBE_HEARD}[{window}]) > {seconds}"
    return f"{silence} and count_over_time({names.PROBE_HEARD}[{among}]) >= {looks}"
