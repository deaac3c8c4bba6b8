"""Goodput where no closed form exists, measured on separate runs of the same server."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from rules.series import Floats
from rules.statistics.windows import Mask
from tests.simulator import server
from tests.simulator.closed_loop import Requests, starts_and_stops
from tests.simulator.play import play
from tests.simulator.scenario import Load, Scenario, Server
from tests.simulator.speed import base_speed

REQUESTS = 50_000
"""Per steady run: a standard error of 0.5 % at cv 1, and a mean over 30 s of planned VUs takes in several."""
NEAR_KNEE = np.arange(0.7, 1.5, 0.08)
BEYOND = 5
"""Steady runs between there and the most VUs."""
ENSEMBLE = 60_000
STILL = 0.985
"""A plateau that rises by less from its begin to its end has one level."""
LEAP, LEAP_SECONDS = 2.0, 10.0
"""A load that grows so many times within so long leaps; a straight ramp does in its first 15 s only."""
SEED = 20_231


def sustained_peak(
    scenario: Scenario, start: float, end: float, knee: float, seconds: float, full: tuple[float, float]
) -> float:
    """The highest mean over ``seconds`` of the goodput that the planned VUs would get in steady state, requests/s.

    Looks at ``start`` to ``end``, in which the server's own speed does not change. ``knee``: VUs at which queueing
    should begin, around which goodput is measured most closely. ``full``: VUs from which the server is never idle, and
    what it then makes by its construction: that is known better than measured, as long as it answers all in time.
    """
    load = scenario.load
    most = max(load.most_vus, 1.6 * knee)
    vus = np.unique(np.round(np.concatenate([knee * NEAR_KNEE, np.geomspace(1.5 * knee, most, BEYOND)])))
    system = _frozen(scenario.server, start)
    steady_runs = [_rate(system, replace(load, points=((0.0, n), (1.0, n)))) for n in vus]
    rates = np.array(
        [full[1] if all_good and n >= full[0] else rate for n, (rate, all_good) in zip(vus, steady_runs, strict=True)]
    )
    grid = np.arange(start, end, 0.1)
    planned = np.interp(grid, [t for t, _ in load.points], [n for _, n in load.points])
    expected = np.interp(planned, np.concatenate([[0.0], vus]), np.concatenate([[0.0], rates]))
    return float(moving_mean(expected, int(seconds * 10)).max())


def creeps(scenario: Scenario, start: float, few: float) -> bool:
    """Whether goodput at the most VUs is clearly above that at ``few``, so that no one level is the plateau's."""
    load, system = scenario.load, _frozen(scenario.server, start)
    at_few, at_most = (goodput(system, replace(load, points=((0.0, n), (1.0, n)))) for n in (few, load.most_vus))
    return at_few < STILL * at_most


def highest_under_load(scenario: Scenario, seconds: float) -> float:
    """The highest mean over ``seconds`` of the goodput expected at each time of this very load, requests/s."""
    return float(moving_mean(_expected(scenario), int(seconds)).max())


def peak_under_load(scenario: Scenario, seconds: float) -> float:
    """The same of stretches in which the load did not leap.

    What a load that leaps past a peak brings for moments is a burst, and a mean over it and what is held after it is no
    level that was ever sustained. Of all stretches where it leaps in each.
    """
    points = scenario.load.points
    at, vus, times = [time for time, _ in points], [n for _, n in points], np.arange(0.5, scenario.load.seconds)
    # Nobody, as in the pause after a probe, is less than one.
    before, after = (np.maximum(np.interp(times + by, at, vus), 1.0) for by in (-LEAP_SECONDS / 2, LEAP_SECONDS / 2))
    leaps = np.abs(np.log(after / before)) > np.log(LEAP)
    means = moving_mean(_expected(scenario)[: times.size], int(seconds))
    held = moving_mean(leaps.astype(float), int(seconds)) == 0.0
    return float((means[held] if held.any() else means).max())


@lru_cache(maxsize=64)
def _expected(scenario: Scenario) -> Floats:
    """Goodput in each second, as the mean of so many runs that half a minute holds ENSEMBLE successes."""
    lone = scenario.server.workers / scenario.server.service.mean
    runs = max(2, round(ENSEMBLE / (30.0 * lone)))
    bins = np.arange(0.0, scenario.load.seconds + 1.0)
    total = np.zeros(bins.size - 1)
    for number in range(runs):
        rng = np.random.default_rng((SEED, number))
        requests = play(scenario.load, scenario.server, None, starts_and_stops(scenario.load)[1], rng)
        total += np.histogram(requests.replied[requests.status == server.OK], bins)[0]
    return np.asarray(total / runs)


def goodput(system: Server, load: Load) -> float:
    """Long-run goodput of ``system`` under the constant VUs of ``load``, requests/s."""
    return _rate(system, load)[0]


@lru_cache(maxsize=512)
def _rate(system: Server, load: Load) -> tuple[float, bool]:
    """The same, and whether every reply was good."""
    requests, late, seconds = steady(system, load, REQUESTS, SEED)
    good = late & (requests.status == server.OK)
    return float(good.sum() / seconds), bool(good.sum() == late.sum())


def steady(system: Server, load: Load, count: int, seed: int) -> tuple[Requests, Mask, float]:
    """About ``count`` requests of ``system`` under the constant VUs of ``load``, which of them count, and for how long.

    VUs come one after another in the first fifth of the run, which is left out. The mask has shape (requests,), the
    length is in seconds.
    """
    vus = load.most_vus
    lone = system.network + system.service.mean
    most = min(vus / (load.think_per_request + lone), system.workers / system.service.mean)
    seconds = max(count / most, 10 * (load.think + vus / most))
    constant = replace(load, points=((0.0, 1.0), (seconds / 6, vus), (seconds, vus)))
    requests = play(constant, system, None, [], np.random.default_rng(seed))
    return requests, (requests.replied > seconds / 5) & (requests.replied <= seconds), 0.8 * seconds


def _frozen(system: Server, time: float) -> Server:
    """The server as it is at ``time``, for ever."""
    grown = system.scale_out.workers if system.scale_out and system.scale_out.at <= time else 0
    service = replace(system.service, mean=system.service.mean / base_speed(system, time))
    return replace(system, workers=system.workers + grown, service=service, changes=(), scale_out=None)


def moving_mean(values: Floats, width: int) -> Floats:
    """Means of every ``width`` neighbours in ``values``; of all of them where there are fewer."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    width = min(width, values.size)
    return np.asarray((total[width:] - total[:-width]) / width)
