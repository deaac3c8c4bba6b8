"""Scenarios drawn at random from wide ranges; each has a truth that the data of the run can show.

Draws whose truth is a matter of taste (a plateau of ten seconds, VUs that end just at the knee) are thrown away and
drawn again, so a verdict that differs from the truth is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rules.finding import Verdict
from tests.simulator import measured, shapes
from tests.simulator.capacity import response_time, served_rate
from tests.simulator.kinds import KINDS
from tests.simulator.loads import MOST_VUS
from tests.simulator.pushes import output
from tests.simulator.scenario import Endpoint, Generator, Hosts, Load, Scenario, Server, Shown
from tests.simulator.services import log_uniform, script, service
from tests.simulator.truth import (
    SUSTAINED_SECONDS,
    Regime,
    is_constant,
    most_offered,
    offered,
    planned_vus,
    regimes_of,
    truth_of,
)

MAX_REQUESTS = 1_300_000
"""A run of so many takes about four seconds to simulate; most have far fewer."""
SHORTEST_SECONDS, LONGEST_SECONDS = 60.0, 2400.0
SLOWEST, FASTEST = 20.0, 20_000.0
"""Requests/s; the fastest servers are loaded for a minute, so that they cost no more than the slow ones."""
FEWEST_VUS = 50
CLEAR_SECONDS = 45.0
"""A plateau at least so long is beyond dispute; 30 s is the definition."""
CLEAR_OF_KNEE = 1.3
"""Times the knee's VUs, from where on a plateau should have one level."""
NEARLY = 0.97
"""Of a peak: one whose best mean over twice as long is lower passed too fast to be called sustained."""
CLEARLY_UNSATURATED = 0.75
CLEARLY_SHORT = 20.0
"""Seconds; a queue that is gone after so long proves no plateau."""
INTERLUDE_SECONDS = 20.0
LIGHT_SECONDS, LIGHT_PUSHES = 5.0, 2.0
"""So long the load stays below the limit at first, or no method can know what no queue looks like."""
LONGEST_WAIT = 20.0
"""Seconds; VUs are kept so few that no reply takes longer, a third of k6's time-out."""
TRIES = 100
"""Draws with one capacity; some kinds cannot be had with the largest."""

SHOWN: tuple[Shown, ...] = ("apart", "apart", "apart", "both", "server", "generator", "none")


def random_scenario(
    rng: np.random.Generator,
    max_requests: float = MAX_REQUESTS,
    level_is_clear: Callable[[Scenario], bool] | None = None,
) -> Scenario:
    """A scenario drawn by ``rng``, of about ``max_requests`` at most. Its name is its kind in KINDS.

    ``level_is_clear`` is has_one_level, or something cheaper where nobody asks for the value of the truth.
    """
    level_is_clear = level_is_clear or has_one_level
    weights = np.array([kind.weight for kind in KINDS])
    kind = KINDS[rng.choice(len(KINDS), p=weights / weights.sum())]
    while True:
        rate = log_uniform(rng, SLOWEST, min(FASTEST, max_requests / SHORTEST_SECONDS))
        for _ in range(TRIES):
            scenario = kind.change(_plain(rng, rate, max_requests), rng)
            if not is_clear(scenario, kind.verdict) or expected_requests(scenario) > max_requests:
                continue
            if kind.verdict is not Verdict.SATURATED or level_is_clear(scenario):
                return replace(scenario, name=kind.name)


def is_clear(scenario: Scenario, verdict: Verdict) -> bool:
    """Whether ``verdict`` is true of ``scenario`` and its data can show it."""
    load, pushed = scenario.load, scenario.output
    if not FEWEST_VUS <= load.most_vus <= MOST_VUS or load.seconds < 20 * pushed.push_interval:
        return False
    if verdict in (Verdict.SATURATED, Verdict.GENERATOR_LIMITED) and not _begins_light(scenario):
        return False
    if (
        load.arrivals and not pushed.native_histograms
    ):  # without them VUs at work, seen once a push, are all that is known
        return False
    regimes = regimes_of(load, scenario.server)
    if verdict is Verdict.NOT_SATURATED:
        return all(_clearly_unsaturated(load, regime) for regime in regimes)
    if verdict is Verdict.SATURATED:
        longest_wait = load.most_vus / min(regime.capacity for regime in regimes) - load.think_per_request
        in_time = longest_wait <= LONGEST_WAIT or load.timeout < LONGEST_WAIT
        seen = CLEAR_SECONDS + sum(end - begin for begin, end in pushed.gaps)
        return in_time and _outlives(scenario, regimes) and all(_is_clear(one, regimes, seen) for one in regimes)
    if verdict is Verdict.GENERATOR_LIMITED and not (load.arrivals or _shows_its_generator(scenario)):
        return False
    return truth_of(scenario).verdict is verdict


def has_one_level(scenario: Scenario) -> bool:
    """Whether a saturated run has one maximum by any measure. Costs runs of its own: to be asked last.

    A peak must be sustained for long, and no push lost about it. VUs that queued behind one another for a long request
    come together to the short ones, then all think at once and the server stands idle: goodput then creeps up with VUs.
    """
    load = scenario.load
    if scenario.server.contention:
        return not scenario.output.gaps and measured.highest_under_load(
            scenario, 2 * SUSTAINED_SECONDS
        ) >= NEARLY * measured.highest_under_load(scenario, SUSTAINED_SECONDS)
    if len(load.requests) == 1 or load.think == 0 or load.arrivals:
        return True
    regimes = regimes_of(load, scenario.server)
    return not any(measured.creeps(scenario, one.start, round(CLEAR_OF_KNEE * one.knee_vus)) for one in regimes)


def _begins_light(scenario: Scenario) -> bool:
    load, server = scenario.load, scenario.server
    if is_constant(load):
        return True
    grid, vus = planned_vus(load)
    lone = load.think_per_request + response_time(server)
    most = min(served_rate(server, 0.0), scenario.generator.capacity, load.most_vus / lone if load.arrivals else np.inf)
    over = offered(load, grid) >= most if load.arrivals else vus >= most * lone
    light = float(grid[np.argmax(over)]) if over.any() else load.seconds
    return light >= max(LIGHT_SECONDS, LIGHT_PUSHES * scenario.output.push_interval)


def _clearly_unsaturated(load: Load, regime: Regime) -> bool:
    if load.arrivals:
        enough = load.most_vus >= 1.3 * most_offered(load) / regime.capacity * regime.knee_vus
        return most_offered(load) <= CLEARLY_UNSATURATED * regime.capacity and enough
    _, vus = planned_vus(load)
    beyond = float((vus > CLEARLY_UNSATURATED * regime.knee_vus).sum()) * 0.1
    backlog = max(0.0, load.most_vus - regime.knee_vus) / regime.capacity
    return beyond == 0.0 or (not is_constant(load) and beyond + backlog <= CLEARLY_SHORT)


def _outlives(scenario: Scenario, regimes: tuple[Regime, ...]) -> bool:
    """Whether the VUs that are left after a process has died still fill the server."""
    pushed = scenario.output
    if pushed.last_dies_at is None:
        return True
    left = (pushed.processes - 1) / pushed.processes * scenario.load.most_vus
    return scenario.load.arrivals is None and left >= 1.6 * max(regime.knee_vus for regime in regimes)


def _shows_its_generator(scenario: Scenario) -> bool:
    """Whether k6's want of CPU can be seen at all: by its host, or by the time it spends outside requests."""
    return scenario.output.native_histograms or scenario.hosts.shown in ("apart", "generator")


def expected_requests(scenario: Scenario) -> float:
    """Requests of the whole run, about; what is turned away counts too."""
    load, server = scenario.load, scenario.server
    _, planned = planned_vus(load)
    most = max(served_rate(server, mark) for mark in (0.0, load.seconds))
    rejects = server.refuses or server.rate_limit or server.queue_limit or server.instant_errors
    each = planned / max(1e-4, load.think_per_request + response_time(server))
    if load.arrivals:
        each = np.minimum(each, most_offered(load))
    return float((each if rejects else np.minimum(each, most)).sum()) * 0.1


def _is_clear(regime: Regime, regimes: tuple[Regime, ...], seconds: float) -> bool:
    """The best regime has a plateau of ``seconds``, and so has every other that is not a short prelude or interlude."""
    prelude = regime is not regimes[-1] and regime.end <= 0.15 * regimes[-1].end
    interlude = regime is not regimes[-1] and regime.end - regime.start <= INTERLUDE_SECONDS
    return prelude or interlude or regime.saturated_seconds >= seconds


def _plain(rng: np.random.Generator, rate: float, max_requests: float) -> Scenario:
    workers = max(1, min(round(log_uniform(rng, 1, 200)), int(rate)))  # no service longer than a second
    requests = script(rng) if rng.random() < 0.15 else (Endpoint(),)
    server = Server(workers, service(rng, workers / rate), network=log_uniform(rng, 0.0002, 0.02))
    think = 0.0 if rng.random() < 0.25 else log_uniform(rng, 0.1, 5.0)
    knee = rate / len(requests) * (think + len(requests) * response_time(server))
    vus = round(min(MOST_VUS, max(FEWEST_VUS, knee * log_uniform(rng, 1.6, 6.0))))
    budget = log_uniform(rng, min(1e5, max_requests), max_requests)
    seconds = round(min(log_uniform(rng, SHORTEST_SECONDS, LONGEST_SECONDS), max(SHORTEST_SECONDS, budget / rate)))
    spread = float(rng.choice([0.0, 0.0, 0.5]))
    load = Load(shapes.shape(rng, vus, seconds), think, think_spread=spread, requests=requests)
    busy = rng.uniform(0.05, 0.3)
    cores = int(rng.choice([1, 2, 4, 8]))
    hosts = Hosts(
        shown=SHOWN[rng.integers(len(SHOWN))],
        server_cores=int(rng.choice([1, 2, 4, 8])),
        server_cpu_at_full=float(rng.choice([0.97, 0.95, rng.uniform(0.2, 0.9)])),
    )
    return Scenario(load, server, Generator(cores, busy * cores / rate), output(rng, load.seconds), hosts)
