"""A run stops when its generator has been the limit for long, whatever else it lacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rules.earlier import until
from rules.finding import Verdict
from rules.judge import judge
from rules.stopping import decide
from rules.timeline import Timeline
from tests.rules.test_stopping import first, steady
from tests.timelines import START, with_host


def busy(begin: float, end: float) -> Timeline:
    """A generator whose CPU is used up from ``begin`` to ``end`` (seconds), and no pulse that would clear it."""
    run = replace(steady(), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    host = with_host(run, "generator", 0.99).hosts[0]
    since = run.times - START
    cpu = np.where((since > begin) & (since < end), 0.99, 0.2)
    return replace(run, hosts=(replace(host, cpu=cpu, busiest_core=cpu),))


def test_a_generator_that_is_the_limit_for_long_ends_the_run() -> None:
    at, found = first(busy(100.0, 1000.0))
    assert found.reason == "generator_limited"
    assert "30 s" in found.because
    assert "CPU" in found.because
    assert 130 <= at <= 200


def test_one_noisy_look_at_the_generator_ends_nothing() -> None:
    run = busy(100.0, 1000.0)
    at, _ = first(run)
    now = until(run, START + at)
    calm = until(busy(START + at - 12.0, 1000.0), START + at)
    assert judge(now).verdict is Verdict.GENERATOR_LIMITED
    assert decide(calm, judge(now)) is None


def test_what_was_dropped_early_excuses_no_generator_whose_cpu_is_used_up() -> None:
    """A few VUs were made late; they would have been enough, but for the CPU."""
    run = busy(100.0, 1000.0)
    early = replace(run, dropped_iterations=np.where(np.arange(run.vus.size) == 2, 1.0, 0.0))
    at, found = first(early)
    assert found.reason == "generator_limited"
    assert "CPU" in found.because
    assert "dropped" not in found.because
    assert 130 <= at <= 200
    calm = until(replace(busy(at + START - 12.0, 1000.0), dropped_iterations=early.dropped_iterations), START + at)
    assert decide(calm, judge(until(early, START + at))) is None
