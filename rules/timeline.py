"""``Timeline``: one run's signals on one time grid, as numpy arrays; a gap is NaN, never zero.

Every array of shape (n,) holds one value per bin; bin ``i`` reaches from ``start + i·step`` to
``start + (i+1)·step``. Rates are differences of the raw cumulative counters between the bin's edges, divided by
``step``: no extrapolation, and exact over any run of observed bins. The rules read a Timeline and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rules.answer import Plan
from rules.series import Floats
from rules.statistics import histogram


@dataclass(frozen=True, eq=False)
class Durations:
    """A duration per bin: how many were observed, their sum in seconds and, where known, their distribution.

    ``counts`` and ``sums`` have shape (n,), ``buckets`` shape (n, m) with boundaries ``lower`` and ``upper`` (m,)
    in seconds; m is 0 where only the mean is known.
    """

    counts: Floats
    sums: Floats
    lower: Floats
    upper: Floats
    buckets: Floats

    def mean(self) -> Floats:
        """Mean seconds per bin, NaN where nothing was observed. Shape (n,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.counts > 0, self.sums / self.counts, np.nan)

    def variance(self) -> Floats:
        """Variance per bin, seconds², as far as the buckets tell; 0 where only the mean is known. Shape (n,)."""
        return histogram.moments(self.lower, self.upper, self.buckets)[1]


@dataclass(frozen=True, eq=False)
class Resource:
    """What one resource of a machine showed, as Gregg's USE method asks; shape (n,), None where nobody told."""

    utilisation: Floats | None = None
    """Share in use, or share of the time in use, 0 to 1."""
    saturation: Floats | None = None
    """Share of the time, or of the tasks, that had to wait for it, 0 to 1."""
    errors: Floats | None = None
    """Per second: drops, overflows, faults."""
    of: str = ""
    """Which of several it is: a container's name."""


@dataclass(frozen=True, eq=False)
class Credits:
    """CPU credits of a burstable instance; shape (n,). One is one core for one minute."""

    balance: Floats
    """As last known."""
    age: Floats
    """Seconds since it was so."""
    unlimited: bool = False
    """Whether it went on beyond what it had earned, for money."""


@dataclass(frozen=True, eq=False)
class Host:
    """One scraped machine. CPU is the busy share of all cores, and of its busiest core, 0 to 1, shape (n,)."""

    instance: str
    role: str
    cpu: Floats
    """All NaN where the machine reports other things only."""
    busiest_core: Floats
    steal: Floats | None = None
    """Share of ``cpu`` time that the hypervisor gave to others; None where it is not told."""
    cores: int = 0
    """0 where unknown."""
    resources: Mapping[str, Resource] = field(default_factory=dict)
    """By the names in rules/resources.py; what is not reported is absent."""
    credits: Credits | None = None
    """None of a machine that has none, or does not tell."""
    instance_type: str | None = None
    """Of EC2; None elsewhere, and where nobody tells."""


@dataclass(frozen=True, eq=False)
class K6Process:
    """One k6 process by its own /metrics, or those of a machine by the exporter there; shape (n,) each, NaN where
    that is not told.
    """

    instance: str
    cpu: Floats
    """Cores kept busy."""
    cores: Floats
    """Cores that it may use."""
    memory: Floats
    """Bytes."""
    open_files: Floats
    files_limit: Floats


@dataclass(frozen=True, eq=False)
class Requests:
    """The requests of one name: rates per second and the durations of those with an expected response."""

    total: float
    """Over the whole run."""
    throughput: Floats
    goodput: Floats
    expected_durations: Durations | None


@dataclass(frozen=True, eq=False)
class Gap:
    """A stretch without samples, in unix seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class Span:
    """One part of a run, by the tag that k6 gave it (rules/parts.py), from its first sample to its last."""

    name: str
    start: float
    """Unix seconds."""
    end: float


@dataclass(frozen=True, eq=False)
class Timeline:
    """See the module's text. Rates are per second; ``None`` is "this run's metrics do not tell"."""

    testid: str | None
    start: float
    """Unix seconds of the run's first sample."""
    step: float
    """Seconds per bin."""
    push_interval: float
    """Seconds between two pushes of k6, as seen."""
    vus: Floats
    throughput: Floats
    """Responses per second, good and failed."""
    goodput: Floats
    """Expected responses per second; all NaN where k6's tags do not tell good from failed."""
    failures_by_status: Mapping[str, Floats] = field(default_factory=dict)
    """Unexpected responses per second by status code; "0" is no reply."""
    totals: Mapping[str, float] = field(default_factory=dict)
    """Requests of the whole run by status code, k6's own last totals."""
    failed_totals: Mapping[str, float] = field(default_factory=dict)
    """Unexpected ones among them."""
    vus_grew: Floats | None = None
    """VUs at the end of each bin less those at its begin, where pushes tell of either; ``vus`` evens out what comes and
    goes between two."""
    most_vus: int | None = None
    """At any one moment; ``vus`` is what bins have in their middle."""
    vus_ready: int | None = None
    """The most VUs that k6 had made ready, at work or not."""
    unsent: Mapping[str, Floats] | None = field(default_factory=dict)
    """Requests per second that never left the generator, by what it was lacking (rules/unsent.py); None where k6's tags
    do not tell."""
    setup_requests: float = 0.0
    """Of setup() and teardown(), which count as no load: they are in none of the figures above."""
    loopback: bool = False
    """All requests that tell their URL went to a loopback address, and some do."""
    by_name: Mapping[str, Requests] = field(default_factory=dict)
    """The most frequent request names, at most gridding.MOST_NAMES of them."""
    names: int = 0
    """How many request names there were; 0 where the tag ``name`` is missing."""
    iterations: Floats | None = None
    dropped_iterations: Floats | None = None
    """Per second; zero where k6 never reported one (it then has no such series)."""
    dropped_total: float | None = None
    """Iterations dropped in the whole run, also in gaps: k6's own last total; None where no total is known."""
    durations: Durations | None = None
    """All requests."""
    expected_durations: Durations | None = None
    """Requests with an expected response."""
    blocked: Durations | None = None
    iteration_durations: Durations | None = None
    hosts: tuple[Host, ...] = ()
    processes: tuple[K6Process, ...] = ()
    """k6's own, where their /metrics, or an exporter that names them, were scraped."""
    parts: tuple[Span, ...] = ()
    """Of the whole run, where it has some; this Timeline then is that of its ramps, or else of its probe."""
    holds: tuple[Timeline, ...] = ()
    """One for each confirmation."""
    probes: tuple[Timeline, ...] = ()
    """One for each probe before the ramps, where somebody wants to draw them: no rule looks at them."""
    plan: Plan | None = None
    """What k6 was to do; Prometheus does not hold it, so it comes from whoever started the run, or from the store."""
    gaps: tuple[Gap, ...] = ()
    resets: tuple[float, ...] = ()
    """Unix seconds at which a counter fell back: k6 was started again under the same labels."""
    deaths: tuple[float, ...] = ()
    """Unix seconds of the last push of each k6 process that ended while others went on."""
    notes: tuple[str, ...] = ()
    """What had to be assumed while the grid was made, for a reader."""
    conflicts: tuple[str, ...] = ()
    """Why these samples cannot be those of one run."""

    @cached_property
    def times(self) -> Floats:
        """Unix seconds of each bin's middle, shape (n,)."""
        return self.start + (np.arange(self.vus.size) + 0.5) * self.step

    @property
    def end(self) -> float:
        """Unix seconds of the last bin's end."""
        return self.start + self.vus.size * self.step

    def may_go_on(self, now: float) -> bool:
        """Whether k6 may push again: at ``now``, in unix seconds, its last push is not older than they are apart."""
        return now < self.end + 2 * max(self.push_interval, self.step)
