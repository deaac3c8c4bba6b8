"""The rules, in the order in which a reader wants them: trust first, then the answer, then its reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rules import bottleneck, confirmation, endpoints, evidence, failures, generator, latency, throughput
from rules.answer import Objective
from rules.finding import Finding
from rules.timeline import Timeline

Rule = Callable[[Timeline, Objective], Finding | None]

RULES: Final[tuple[tuple[str, Rule], ...]] = (
    (evidence.RULE, evidence.judge),
    (generator.RULE, generator.judge),
    (failures.RULE, failures.judge),
    (throughput.RULE, throughput.judge),
    (latency.RULE, latency.judge),
    (confirmation.RULE, confirmation.judge),
    (endpoints.RULE, endpoints.judge),
    (bottleneck.RULE, bottleneck.judge),
)
