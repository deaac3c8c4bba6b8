"""Every kind of run there is: its name, how often it is drawn, how it is made, and the verdict that is then true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rules.finding import Verdict
from tests.simulator import loads, soft, trouble
from tests.simulator.scenario import Scenario

SATURATED, NOT_SATURATED = Verdict.SATURATED, Verdict.NOT_SATURATED
FAILING, GENERATOR_LIMITED = Verdict.FAILING, Verdict.GENERATOR_LIMITED


@dataclass(frozen=True)
class Kind:
    """``change`` makes it of a plain scenario that saturates."""

    name: str
    weight: float
    change: Callable[[Scenario, np.random.Generator], Scenario]
    verdict: Verdict


KINDS: tuple[Kind, ...] = (
    Kind("plain", 24, loads.none, SATURATED),
    Kind("tiers", 7, soft.tiers, SATURATED),
    Kind("lock", 6, soft.lock, SATURATED),
    Kind("arrivals", 7, loads.arrivals, SATURATED),
    Kind("constant", 4, loads.constant, SATURATED),
    Kind("queue-limit", 5, trouble.queue_limit, SATURATED),
    Kind("rate-limit", 5, trouble.rate_limit, SATURATED),
    Kind("errors", 4, trouble.errors, SATURATED),
    Kind("instant-errors", 4, trouble.instant_errors, SATURATED),
    Kind("timeouts", 4, trouble.timeouts, SATURATED),
    Kind("warm-up", 4, trouble.warm_up, SATURATED),
    Kind("garbage-collection", 4, trouble.garbage_collection, SATURATED),
    Kind("neighbour", 4, trouble.neighbour, SATURATED),
    Kind("credits", 4, trouble.credits_used_up, SATURATED),
    Kind("scale-out", 4, trouble.scale_out, SATURATED),
    Kind("deploy", 4, trouble.deploy, SATURATED),
    Kind("leak", 5, trouble.leak, SATURATED),
    Kind("contention", 4, trouble.contention, SATURATED),
    Kind("short-accept-queue", 3, trouble.short_accept_queue, SATURATED),
    Kind("memoryless-think", 5, loads.memoryless, SATURATED),
    Kind("deep-bucket", 4, trouble.deep_bucket, SATURATED),
    Kind("mild-credits", 4, trouble.mild_credits, SATURATED),
    Kind("unsaturated", 14, loads.too_few_vus, NOT_SATURATED),
    Kind("memoryless-unsaturated", 3, loads.too_few_memoryless, NOT_SATURATED),
    Kind("constant-light", 3, loads.constant_and_light, NOT_SATURATED),
    Kind("short-spike", 4, loads.short_spike, NOT_SATURATED),
    Kind("light-arrivals", 4, loads.light_arrivals, NOT_SATURATED),
    Kind("generator", 8, loads.slow_generator, GENERATOR_LIMITED),
    Kind("pinned-generator", 5, loads.pinned_generator, GENERATOR_LIMITED),
    Kind("arrivals-without-vus", 4, loads.arrivals_without_vus, GENERATOR_LIMITED),
    Kind("failing", 5, trouble.failing, FAILING),
)
