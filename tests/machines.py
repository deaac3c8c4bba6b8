"""A run by formula beside machines by formula, for tests of what is said about their resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rules.answer import Bottleneck, Objective
from rules.bottleneck import judge
from rules.finding import Finding
from rules.series import Floats
from rules.timeline import Host, Resource, Timeline
from tests.timelines import ramp

RUN = ramp(capacity=100, think=1.0, service=0.02, vus=300)
PAST_KNEE = RUN.vus > 102
IDLE, DEMAND = 0.02, 0.0095
"""A machine busy for 2 % by itself and for 9.5 ms per request: 97 % at 100/s, full at 103/s."""


def server(
    run: Timeline,
    cpu: Floats | float,
    *,
    role: str = "server",
    name: str = "10.0.1.12:9100",
    core: Floats | float | None = None,
    cores: int = 4,
    steal: Floats | None = None,
    resources: Mapping[str, Resource] | None = None,
) -> Timeline:
    """``run`` beside a machine with that CPU."""
    busy = np.broadcast_to(cpu, run.vus.shape).astype(float)
    busiest = busy if core is None else np.broadcast_to(core, run.vus.shape).astype(float)
    return replace(run, hosts=(*run.hosts, Host(name, role, busy, busiest, steal, cores, resources or {})))


def load(run: Timeline, demand: float = DEMAND) -> Floats:
    return IDLE + demand * run.goodput


def after_knee(level: float, before: float = 0.0) -> Floats:
    return np.where(PAST_KNEE, level, before)


def asked(run: Timeline) -> tuple[Finding, Bottleneck | None]:
    finding = judge(run, Objective())
    assert finding.rule == "bottleneck"
    assert finding.concludes is None
    return finding, finding.answers.get("bottleneck")


def named(run: Timeline) -> str | None:
    _, told = asked(run)
    return told.resource if told else None
