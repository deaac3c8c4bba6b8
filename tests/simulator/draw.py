"""Scenarios drawn at random from wide ranges; each has a truth that the data of the run can show.

Draws whose truth is a matter of taste (a plateau of ten seconds, VUs that end just at the knee) are thrown away and
drawn again, so a verdict that differs from the truth is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rules.finding import Verdict
from tests.simulator import trouble
from tests.simulator.scenario import Generator, Hosts, Load, Scenario, Server, Service, Shown
from tests.simulator.truth import Regime, regimes_of, response_time, served_rate, truth_of

MAX_REQUESTS = 600_000
"""A run of more takes longer than about two seconds to simulate."""
CLEAR_SECONDS = 45.0
"""A plateau at least so long is beyond dispute; 30 s is the definition."""
CLEARLY_UNSATURATED = 0.75
LONGEST_WAIT = 20.0
"""Seconds; VUs are kept so few that no reply takes longer, a third of k6's time-out."""

SHOWN: tuple[Shown, ...] = ("apart", "apart", "apart", "both", "server", "generator", "none")

Kind = Callable[[Scenario, np.random.Generator], Scenario]

KINDS: tuple[tuple[str, float, Kind, Verdict], ...] = (
    ("plain", 30, trouble.none, Verdict.SATURATED),
    ("unsaturated", 14, trouble.too_few_vus, Verdict.NOT_SATURATED),
    ("failing", 5, trouble.failing, Verdict.FAILING),
    ("generator", 10, trouble.slow_generator, Verdict.GENERATOR_LIMITED),
    ("queue-limit", 6, trouble.queue_limit, Verdict.SATURATED),
    ("rate-limit", 6, trouble.rate_limit, Verdict.SATURATED),
    ("errors", 5, trouble.errors, Verdict.SATURATED),
    ("timeouts", 4, trouble.timeouts, Verdict.SATURATED),
    ("warm-up", 5, trouble.warm_up, Verdict.SATURATED),
    ("garbage-collection", 5, trouble.garbage_collection, Verdict.SATURATED),
    ("neighbour", 4, trouble.neighbour, Verdict.SATURATED),
    ("credits", 4, trouble.credits_used_up, Verdict.SATURATED),
    ("scale-out", 4, trouble.scale_out, Verdict.SATURATED),
    ("contention", 3, trouble.contention, Verdict.SATURATED),
    ("short-accept-queue", 3, trouble.short_accept_queue, Verdict.SATURATED),
)
"""Name, weight, what it does to a plain scenario, and the verdict that is then true."""


def random_scenario(rng: np.random.Generator, max_requests: float = MAX_REQUESTS) -> Scenario:
    """A scenario drawn by ``rng``, of about ``max_requests`` at most. Its name is its kind in KINDS."""
    weights = np.array([weight for _, weight, _, _ in KINDS])
    name, _, change, verdict = KINDS[rng.choice(len(KINDS), p=weights / weights.sum())]
    while True:
        scenario = trouble.metrics(change(_plain(rng, max_requests), rng), rng)
        if is_clear(scenario, verdict) and expected_requests(scenario) <= max_requests:
            return replace(scenario, name=name)


def is_clear(scenario: Scenario, verdict: Verdict) -> bool:
    """Whether ``verdict`` is true of ``scenario`` and its data can show it."""
    load = scenario.load
    if not 50 <= load.most_vus <= 6000 or load.seconds < 20 * scenario.output.push_interval:
        return False
    regimes = regimes_of(load, scenario.server)
    if verdict is Verdict.NOT_SATURATED:
        return all(load.most_vus <= CLEARLY_UNSATURATED * regime.knee_vus for regime in regimes)
    if verdict is Verdict.SATURATED:
        longest_wait = load.most_vus / min(regime.capacity for regime in regimes) - load.think
        in_time = longest_wait <= LONGEST_WAIT or load.timeout < LONGEST_WAIT
        return in_time and all(_is_clear(one, regimes) for one in regimes)
    if verdict is Verdict.GENERATOR_LIMITED and not _shows_its_generator(scenario):
        return False
    return truth_of(scenario).verdict is verdict


def _shows_its_generator(scenario: Scenario) -> bool:
    """Whether k6's want of CPU can be seen at all: by its host, or by the time it spends outside requests."""
    return scenario.output.native_histograms or scenario.hosts.shown in ("apart", "generator")


def expected_requests(scenario: Scenario) -> float:
    """Requests of the whole run, about; what is turned away counts too."""
    load, server = scenario.load, scenario.server
    times, vus = zip(*load.points, strict=True)
    planned = np.interp(np.arange(0.0, load.seconds), times, vus)
    most = served_rate(server, load.seconds)
    rejects = server.refuses or server.rate_limit or server.queue_limit
    offered = planned / max(1e-4, load.think + response_time(server))
    return float((offered if rejects else np.minimum(offered, most)).sum())


def _is_clear(regime: Regime, regimes: tuple[Regime, ...]) -> bool:
    """The best regime has a long plateau, and so has every other that is not a short prelude."""
    prelude = regime is not regimes[-1] and regime.end <= 0.15 * regimes[-1].end
    return prelude or regime.saturated_seconds >= CLEAR_SECONDS


def _plain(rng: np.random.Generator, max_requests: float) -> Scenario:
    rate = log_uniform(rng, 20, 3000)
    workers = round(log_uniform(rng, 1, 64))
    workers = max(1, min(workers, int(rate)))  # no service longer than a second
    server = Server(workers, _service(rng, workers / rate), network=log_uniform(rng, 0.0002, 0.02))
    think = 0.0 if rng.random() < 0.25 else log_uniform(rng, 0.1, 5.0)
    knee = rate * (think + response_time(server))
    vus = round(max(50.0, knee * log_uniform(rng, 1.6, 6.0)))
    seconds = min(log_uniform(rng, 60, 1200), max(60.0, max_requests / rate))
    load = Load(trouble.shape(rng, vus, round(seconds)), think, think_spread=float(rng.choice([0.0, 0.0, 0.5])))
    busy = rng.uniform(0.05, 0.3)
    cores = int(rng.choice([1, 2, 4, 8]))
    hosts = Hosts(
        shown=SHOWN[rng.integers(len(SHOWN))],
        server_cores=int(rng.choice([1, 2, 4, 8])),
        server_cpu_at_full=float(rng.choice([0.97, 0.95, rng.uniform(0.2, 0.9)])),
    )
    return Scenario(load, server, Generator(cores, busy * cores / rate), hosts=hosts)


def _service(rng: np.random.Generator, mean: float) -> Service:
    kind = rng.integers(5)
    if kind == 0:
        return Service(mean, 0.1)
    if kind == 1:
        return Service(mean, 1.0)
    if kind == 2:
        return Service(mean, rng.uniform(0.1, 1.0))
    if kind == 3:
        return Service(mean, log_uniform(rng, 0.1, 3.0), "lognormal")
    return Service(mean, log_uniform(rng, 1.2, 3.0), "pareto")


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A draw whose logarithm is uniform, rounded to four digits so that a repr is short."""
    return float(f"{np.exp(rng.uniform(np.log(low), np.log(high))):.4g}")
