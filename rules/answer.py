"""``Answer``: what Loadline says of a run, to and from JSON (schema ``loadline.answer/1``).

Keys may be added, never renamed or removed. Unknown is null, never 0.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rules.conditions import Conditions, Machine, Selectors
from rules.finding import Finding, Verdict, Window
from rules.parts import Part

SCHEMA: Literal["loadline.answer/1"] = "loadline.answer/1"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Interval(_Part):
    """A rate in requests/s with its 95 % interval; null is not known. ``rules/known.py`` decides what it tells.

    ``low`` alone, or below a value without ``high`` (a rate that was held), is "at least"; both ends without a value
    are "between"; ``high`` alone is "below".
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    unit: str = "requests/s"


class Objective(_Part):
    """The one definition of a good request: expected, and answered within ``latency_seconds``."""

    objective: float = 0.95
    latency_seconds: float = 1.0


class SloCapacity(Interval):
    """The highest sustained goodput at which the windowed share of good requests meets the objective."""

    limits: Objective = Objective()
    model: Literal["closed", "open"] = "closed"


class Regime(_Part):
    """A stretch in which the system served at one level."""

    start: datetime
    end: datetime
    goodput: float
    saturated: bool
    because: str


class AfterPeak(_Part):
    """What goodput did beyond its peak."""

    state: Literal["flat", "falling", "degraded", "collapsed", "recovered", "unknown"] = "unknown"
    goodput: float | None = None
    because: str = ""


class Knee(_Part):
    """The smallest number of VUs at the plateau, and when the run reached it. A hint: it depends on think time."""

    vus: int
    time: datetime


class Quantiles(_Part):
    """Latency of expected requests in seconds, over one window."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Latency(_Part):
    """Latency before the knee, around it, and in the last window under load."""

    light_load: Quantiles = Quantiles()
    at_knee: Quantiles = Quantiles()
    at_end: Quantiles = Quantiles()
    unit: str = "s"


class Failures(_Part):
    """Requests that were not answered as expected; ``by_status`` counts them, "0" is no reply."""

    count: int
    ratio: float
    first: datetime | None = None
    by_status: dict[str, int] = {}


class Endpoint(_Part):
    """The requests of one name over the run; latencies are of expected responses, in seconds."""

    name: str
    requests: int
    goodput: float | None = None
    """Requests/s while the system was saturated; over the whole run where it never was."""
    low: float | None = None
    """The 95 % interval of the goodput while the system was saturated, to ``high``; null where it never was."""
    high: float | None = None
    failure_ratio: float
    light_load: Quantiles = Quantiles()
    at_end: Quantiles = Quantiles()
    slo_lost: datetime | None = None
    """When its own share of good requests fell below the objective for good."""


class Plan(_Part):
    """What k6 was to do, as ``k6 inspect`` told before the run, and how it ended; null is not known."""

    vus: int | None = None
    """The most VUs at once that its schedule has; null where arrivals decide how many there are."""
    max_vus: int | None = None
    """The most that k6 may make."""
    seconds: float | None = None
    """Length of its schedule; null where iterations decide."""
    executors: list[str] | None = None
    """k6's own names, of each scenario: whether VUs ask again when they are free, or iterations begin by the clock."""
    local: bool | None = None
    """Whether the system under test is at an address of the machine that k6 ran on."""
    ended: Literal["finished", "interrupted", "stopped", "broken"] | None = None
    """By itself, by the user's Ctrl-C, by the script, a signal or its API, or by k6's own fault."""
    parts: list[Part] = []
    """Where it steered itself: what it planned and decided."""
    conditions: Conditions | None = None


class K6Usage(_Part):
    """What k6 itself had in use on the plateau, by its own /metrics, else by the exporter on its machine; of several
    processes, the busiest.
    """

    cpu_cores: float | None = None
    """Cores that it kept busy."""
    cores: float | None = None
    """Cores that it may use."""
    memory_bytes: int | None = None
    open_files: int | None = None
    open_files_limit: int | None = None


class RequestCounts(_Part):
    """What the requests of the run were, beside pages."""

    count: int
    """All of the load; redirects are among them, setup() and teardown() are not."""
    per_iteration: float | None = None
    redirects: int | None = None
    """Replies 301, 302, 303, 307 and 308: hops, where k6 followed them. Null where the tag ``status`` is missing."""
    setup: int
    """Of setup() and teardown()."""


class Generator(_Part):
    """Was the load generator the limit? Shares are of the plateau, 0 to 1."""

    verdict: Literal["ok", "limited", "unknown"] = "unknown"
    cpu_ratio: float | None = None
    """Of its machine; where that was not scraped, of the cores that k6 may use."""
    dropped_iterations: int | None = None
    vus: int | None = None
    """The most at work at once; ``plan.vus`` is what was planned."""
    vus_ready: int | None = None
    """The most that k6 had made (``k6_vus_max``)."""
    unsent_requests: int | None = None
    """Those that never left it; null where the tags do not tell."""
    ports_ratio: float | None = None
    shared_machine: bool | None = None
    """With the system under test."""
    k6: K6Usage | None = None


class Bottleneck(_Part):
    """The resource that ran out first."""

    resource: str
    instance: str | None = None
    utilisation: float | None = None
    because: str = ""


class Event(_Part):
    """Something that happened in the run: a point, or a stretch where ``end`` is given."""

    rule: str
    time: datetime
    end: datetime | None = None
    part: str | None = None
    """Of the run, where it is about one."""
    text: str


class Answer(_Part):
    """The answer to one run."""

    schema_: Literal["loadline.answer/1"] = SCHEMA
    testid: str | None
    window: Window
    verdict: Verdict
    because: str
    max_throughput: Interval = Interval()
    slo_capacity: SloCapacity | None = None
    regimes: list[Regime] = []
    after_peak: AfterPeak = AfterPeak()
    knee: Knee | None = None
    latency: Latency = Latency()
    failures: Failures | None = None
    requests: RequestCounts | None = None
    endpoints: list[Endpoint] = []
    generator: Generator = Generator()
    bottleneck: Bottleneck | None = None
    machines: list[Machine] = []
    selectors: Selectors | None = None
    parts: list[Part] = []
    """Of a run that steered itself, in their order; empty where it was one k6 process that went by its plan."""
    plan: Plan | None = None
    """Null where the run was not started by ``loadline run``, or its answer is not in the store."""
    events: list[Event] = []
    findings: list[Finding] = []
    true_capacity: float | None = None
    """Where the system under test is one whose capacity is known by construction (the demo): that, in requests/s."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=lambda name: name.rstrip("_"), populate_by_name=True
    )

    def to_json(self, indent: int | None = 2) -> str:
        """One JSON object; times are RFC 3339 in UTC."""
        return self.model_dump_json(by_alias=True, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Answer:
        """The Answer in ``text``; raises pydantic's ValidationError where it is none."""
        return cls.model_validate_json(text)
