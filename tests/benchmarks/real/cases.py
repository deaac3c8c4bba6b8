"""The runs, in the order of the table: a server, a load for it, and what the answer must be."""

from __future__ import annotations

from dataclasses import dataclass

from rules.finding import Verdict
from tests.benchmarks.real import closing, servers
from tests.benchmarks.real.servers import Start

GENERATORS_CORE, SERVERS_CORE = CORES = (0, 1)
"""Where a load generator is pinned to one core, its server has another."""
RAMP_SECONDS = 90


@dataclass(frozen=True)
class Case:
    """One server and one load."""

    name: str
    server: Start
    vus: int
    think: str
    verdict: Verdict
    capacity: float | None
    """Requests/s by construction; None where only wrk can tell."""
    connections: int
    """wrk's: enough that somebody always waits."""
    wrk_seconds: int = 20
    core: int | None = None
    """The one core that k6, and wrk, may use."""
    host_metrics: bool = True


FAST = servers.nginx(SERVERS_CORE)

CASES = (
    Case(
        "fixed service time: 4 workers × 20 ms",
        servers.sample_api("--workers", "4", "--service-ms", "20"),
        vus=350,
        think="500ms",
        verdict=Verdict.SATURATED,
        capacity=200.0,
        connections=32,
    ),
    Case(
        "exponential service time: 16 workers × 20 ms",
        servers.sample_api("--workers", "16", "--service-ms", "20", "--service-distribution", "exponential"),
        vus=1400,
        think="500ms",
        verdict=Verdict.SATURATED,
        capacity=800.0,
        connections=96,
        wrk_seconds=30,
    ),
    Case(
        "one lock: 8 workers × 20 ms, of which 5 ms under the lock",
        servers.sample_api("--workers", "8", "--service-ms", "20", "--lock-ms", "5"),
        vus=350,
        think="500ms",
        verdict=Verdict.SATURATED,
        capacity=200.0,
        connections=32,
    ),
    Case(
        "nginx on one core, k6 pinned to the other",
        FAST,
        vus=2500,
        think="100ms",
        verdict=Verdict.GENERATOR_LIMITED,
        capacity=None,
        connections=64,
        wrk_seconds=8,
        core=GENERATORS_CORE,
    ),
    Case(
        "the same, every host metric withheld",
        FAST,
        vus=2500,
        think="100ms",
        verdict=Verdict.GENERATOR_LIMITED,
        capacity=None,
        connections=64,
        wrk_seconds=8,
        core=GENERATORS_CORE,
        host_metrics=False,
    ),
    Case(
        "4 threads × 20 ms, 32 places to wait, each connection closed",
        servers.closing,
        vus=120,
        think="200ms",
        verdict=Verdict.SATURATED,
        capacity=closing.CAPACITY,
        connections=40,
    ),
)
