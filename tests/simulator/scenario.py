"""What is simulated: a load, a server, the machine that makes the load, and the way its metrics reach Prometheus.

All times are seconds since the test began. The defaults are a plain run without any trouble.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.simulator.limits import Limits

Shown = Literal["apart", "both", "server", "generator", "none"]


@dataclass(frozen=True)
class Service:
    """How long one worker needs for one request, in seconds.

    ``gamma`` with ``cv`` 0 is fixed and with 1 exponential; ``pareto`` (Lomax) has a power-law tail and needs
    a ``cv`` above 1.
    """

    mean: float
    cv: float = 1.0
    shape: Literal["gamma", "lognormal", "pareto"] = "gamma"


@dataclass(frozen=True)
class Pauses:
    """Now and then the server slows by ``depth`` (1 stands still): garbage collection, a neighbour, a checkpoint.

    ``every`` is the mean time from the end of one to the begin of the next, ``lasting`` its mean length.
    ``regular`` ones vary by half of either at most; others are memoryless.
    """

    every: float
    lasting: float
    depth: float = 1.0
    regular: bool = True

    @property
    def cost(self) -> float:
        """The share of the server's work that is lost in the long run."""
        return self.depth * self.lasting / (self.every + self.lasting)


@dataclass(frozen=True)
class Change:
    """From ``at`` on every worker runs at ``speed`` (1 is normal): warm-up, CPU credits used up, a deploy."""

    at: float
    speed: float


@dataclass(frozen=True)
class ScaleOut:
    """``workers`` more from ``at`` on."""

    at: float
    workers: int


@dataclass(frozen=True)
class Leak:
    """From ``at`` to ``until`` every worker loses speed evenly, until ``share`` of it is gone."""

    at: float
    until: float
    share: float


@dataclass(frozen=True)
class Outage:
    """Between ``begin`` and ``end`` nobody listens: a restart."""

    begin: float
    end: float


@dataclass(frozen=True)
class Tier:
    """What the server asks for every request once its own work is done: a service with a queue of its own."""

    workers: int
    service: Service


@dataclass(frozen=True)
class RateLimit:
    """A token bucket: 429 at once for what comes faster than ``rate`` per second beyond ``burst``."""

    rate: float
    burst: float = 10.0


@dataclass(frozen=True)
class Server:
    """Parallel workers behind one first-come, first-served queue."""

    workers: int
    service: Service
    network: float = 0.001
    """Seconds of a round trip that no worker spends."""
    changes: tuple[Change, ...] = ()
    scale_out: ScaleOut | None = None
    pauses: Pauses | None = None
    queue_limit: int | None = None
    """With so many requests waiting, the next is answered 503 at once."""
    rate_limit: RateLimit | None = None
    error_share: float = 0.0
    """This share of the requests is answered 500 after the full service."""
    instant_errors: bool = False
    """They are answered at once instead and cost no worker anything."""
    refuses: bool = False
    """Nobody listens: every request ends at once without a reply."""
    contention: float = 0.0
    """Each request found waiting lengthens the newcomer's service by this share: retrograde above 0."""
    tiers: tuple[Tier, ...] = ()
    """Asked one after another; a worker does not wait for them."""
    lock_seconds: float = 0.0
    """Each service begins with so long (its mean; exponential) under a lock that one worker at a time can hold."""
    leak: Leak | None = None
    outage: Outage | None = None
    waits_before_accept: bool = False
    """The queue is before accept(): k6 counts the wait as blocked, not as duration."""


@dataclass(frozen=True)
class Endpoint:
    """One request of the script: its name, and its work as a multiple of the server's mean."""

    name: str = "boards"
    size: float = 1.0


@dataclass(frozen=True)
class Arrivals:
    """k6's ramping-arrival-rate: iterations begin as ``points`` (seconds, iterations/s) plan, if a VU is free.

    Where none is, the iteration is dropped, and the VUs, ``allocated`` at first, become one more up to the load's.
    """

    points: tuple[tuple[float, float], ...]
    allocated: int


@dataclass(frozen=True)
class Load:
    """VUs in a closed loop: the script's requests one after another, think, again.

    ``points`` are (seconds, VUs) with straight lines between them, as k6's stages; the first is at 0. With
    ``arrivals`` the loop is open, and the points are the most VUs there may be.
    """

    points: tuple[tuple[float, float], ...]
    think: float
    think_spread: float = 0.0
    """Think times are uniform within this share of ``think``; k6's sleep(1) is 0."""
    memoryless: bool = False
    """They are exponential instead, as those of users who know nothing of each other."""
    timeout: float = 60.0
    """k6 gives up on a reply after this; the server's worker does not notice."""
    graceful_stop: float = 10.0
    """Iterations under way at the end may take so long to finish."""
    requests: tuple[Endpoint, ...] = (Endpoint(),)
    """The mean of their sizes is 1, so that the server's capacity does not depend on the script."""
    arrivals: Arrivals | None = None

    @property
    def think_per_request(self) -> float:
        return self.think / len(self.requests)

    @property
    def seconds(self) -> float:
        return self.points[-1][0]

    @property
    def most_vus(self) -> float:
        return max(vus for _, vus in self.points)


@dataclass(frozen=True)
class Generator:
    """The machine that runs k6: every request costs CPU there, half of it before sending, half at the reply."""

    cores: int = 4
    cpu_per_request: float = 1e-4
    idle_cores: int = 0
    """Further cores of the machine that k6 is not allowed to use."""

    @property
    def capacity(self) -> float:
        """Requests per second at which its CPU is used up."""
        return self.cores / self.cpu_per_request


@dataclass(frozen=True)
class Output:
    """k6's Prometheus remote-write output, and what happens to its pushes on the way."""

    push_interval: float = 5.0
    native_histograms: bool = True
    gaps: tuple[tuple[float, float], ...] = ()
    """Pushes between these times are lost."""
    lost_share: float = 0.0
    """Of the other pushes this share is lost at random."""
    processes: int = 1
    """Several k6 share the VUs; each carries its own ``instance_id``."""
    last_dies_at: float | None = None
    """The last of several processes ends at this time, without a word."""
    restarts_at: float | None = None
    """Every process is killed and started again at this time: its totals begin anew, its load goes on."""


@dataclass(frozen=True)
class Hosts:
    """What node_exporter shows of the machines; ``shown`` none means that nobody scrapes them."""

    shown: Shown = "apart"
    server_cores: int = 4
    server_cpu_at_full: float = 0.95
    """CPU share of the server's machine while all workers are busy; low where something else is the limit."""
    scrape_interval: float = 5.0
    limits: Limits = field(default_factory=Limits)
    clock_ahead: float = 0.0
    """Seconds by which the clock that stamps the scrapes is ahead of k6's."""


@dataclass(frozen=True)
class Scenario:
    """One run, described completely but for the seed; its repr can be pasted back into Python."""

    load: Load
    server: Server
    generator: Generator = field(default_factory=Generator)
    output: Output = field(default_factory=Output)
    hosts: Hosts = field(default_factory=Hosts)
    name: str = "plain"
