"""Samples to Timeline: every series of a run on one grid of bins, summed into what the rules read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rules import clocks, names
from rules.abandoned import abandoned, ended_early
from rules.bins import Grid, Process, grid_of
from rules.hosts import hosts_on, per_host
from rules.k6_process import processes_on
from rules.loopback import are_loopback
from rules.series import AnySeries, HistogramSeries, Samples, Series
from rules.signals.load import is_load
from rules.statistics import counters
from rules.timeline import Requests, Timeline
from rules.unsent import by_lack

MOST_NAMES = 20
"""Request names that are looked at one by one."""
FIGHTS = 3
"""Often enough that no process that was started again, and soon had counted more, is taken for two."""
FIGHTING = "its totals go back and forth: several k6 processes write the same series"


class NoSamplesError(ValueError):
    """The run has no two samples of ``k6_vus``, so it has no length."""


@dataclass(frozen=True)
class Known:
    """What is known of a run besides its samples; None is what the samples themselves tell."""

    request_names: int | None = None
    push_interval: float | None = None
    """Seconds."""
    setup_requests: float = 0.0
    notes: Sequence[str] = ()
    conflicts: Sequence[str] = ()
    """Why they cannot be those of one run."""


def to_timeline(samples: Samples, testid: str | None, known: Known = Known()) -> Timeline:
    """The Timeline of one run's ``samples``; raises NoSamplesError where k6_vus is missing or has one sample only."""
    processes = [
        Process(one.labels, one.times, one.values) for one in _values(samples, names.VUS) if one.times.size > 1
    ]
    if not processes:
        raise NoSamplesError(f"{names.VUS} has {'one sample alone' if samples.get(names.VUS) else 'none'}")
    requests = [one for one in _values(samples, names.HTTP_REQS) if is_load(one.labels)]
    iterations = _values(samples, names.ITERATIONS)
    grid = grid_of(processes, [*requests, *iterations])
    edges, push = grid.edges, grid.push

    is_good, notes = _good_reply(requests)
    good = [one for one in requests if is_good and is_good(one)]
    failed = [one for one in requests if is_good and not is_good(one)]
    durations = _histograms(samples, names.HTTP_REQ_DURATION)
    deaths = _deaths(grid)
    fighting = any(counters.fights(one.values) >= FIGHTS for one in (*requests, *iterations))
    grid = grid if fighting else grid.told_of_restarts([*requests, *iterations])
    restarts = grid.restarts
    every = grid.durations(durations)
    if deaths or restarts:
        waited = every.mean() if every is not None else grid.cycle(requests)
        grid = replace(grid, lost=abandoned(edges, [*deaths, *restarts], push, waited))
        every = grid.durations(durations)
    expected = [one for one in durations if is_good and is_good(one)]
    lacking = by_lack(failed)
    dropped = _values(samples, names.DROPPED_ITERATIONS)
    named = {name: group for name, group in _grouped(requests, names.REQUEST_NAME).items() if name}
    by_status, failed_by_status = _grouped(requests, names.STATUS), _grouped(failed, names.STATUS)
    throughput = grid.rate(requests)
    goodput = grid.rate(good) if is_good else throughput * np.nan
    machines = per_host(samples)
    ahead = clocks.ahead(grid.pushed, (throughput, goodput), machines, push + 1.0)
    return Timeline(
        testid=testid,
        start=float(edges[0]),
        step=grid.step,
        push_interval=push if known.push_interval is None else known.push_interval,
        vus=grid.vus(),
        vus_grew=grid.vus_grew(),
        most_vus=_most(_values(samples, names.VUS)),
        vus_ready=_most(_values(samples, names.VUS_MAX)),
        throughput=throughput,
        goodput=goodput,
        failures_by_status={status: grid.rate(group) for status, group in failed_by_status.items()},
        totals={status: _total(group) for status, group in by_status.items()},
        failed_totals={status: _total(group) for status, group in failed_by_status.items()},
        unsent=None if lacking is None else {what: grid.rate(group) for what, group in lacking.items()},
        setup_requests=known.setup_requests,
        loopback=are_loopback(one.labels.get(names.URL) or one.labels.get(names.REQUEST_NAME, "") for one in requests),
        by_name=_by_name(grid, named, expected, is_good),
        names=len(named) if known.request_names is None else known.request_names,
        iterations=grid.rate(iterations) if iterations else None,
        dropped_iterations=grid.rate(dropped),
        dropped_total=_total(dropped),
        durations=every,
        expected_durations=every if len(expected) == len(durations) else grid.durations(expected),
        blocked=grid.durations(_histograms(samples, names.HTTP_REQ_BLOCKED)),
        iteration_durations=grid.durations(_histograms(samples, names.ITERATION_DURATION)),
        hosts=hosts_on(grid.pushed, machines, ahead),
        processes=processes_on(grid.pushed + clocks.in_common(ahead), samples, machines),
        gaps=tuple(grid.gaps()),
        resets=tuple(restarts),
        deaths=tuple(deaths),
        notes=(*notes, *known.notes, *clocks.notes(ahead)),
        conflicts=tuple(known.conflicts) or ((FIGHTING,) if fighting else ()),
    )


def _deaths(grid: Grid) -> list[float]:
    """Last pushes of processes that ended while others of the same part of the run went on."""
    ends: dict[str, list[float]] = {}
    for process in grid.processes:
        ends.setdefault(process.labels.get(names.PART, ""), []).append(float(process.flushes[-1]))
    return sorted(death for last in ends.values() for death in ended_early(last, max(last), grid.gap_seconds))


def _values(samples: Samples, name: str) -> list[Series]:
    """The series of counters and gauges; what is NaN was not told: k6 writes none, who computes from its series may."""
    found = []
    for one in samples.get(name, ()):
        if isinstance(one, Series) and (seen := np.isfinite(one.values)).any():
            found.append(one if seen.all() else replace(one, times=one.times[seen], values=one.values[seen]))
    return found


def _histograms(samples: Samples, name: str) -> list[HistogramSeries]:
    return [one for one in samples.get(name, ()) if isinstance(one, HistogramSeries) and is_load(one.labels)]


def _most(gauges: Sequence[Series]) -> int | None:
    """The most that gauges of several processes added up to at any of their samples."""
    if not gauges:
        return None
    moments = np.unique(np.concatenate([one.times for one in gauges]))
    return round(float(sum(np.interp(moments, one.times, one.values, left=0.0, right=0.0) for one in gauges).max()))


def _good_reply(requests: list[Series]) -> tuple[Callable[[AnySeries], bool] | None, tuple[str, ...]]:
    """How to tell the series of expected responses, and of their durations; and what had to be assumed for it."""
    if all(names.EXPECTED_RESPONSE in one.labels for one in requests):
        return (lambda one: one.labels.get(names.EXPECTED_RESPONSE) == "true"), ()
    if all(names.STATUS in one.labels for one in requests):
        note = "the tag expected_response is missing: status 200 to 399 is taken for expected"
        return (lambda one: "200" <= one.labels.get(names.STATUS, "") <= "399"), (note,)
    return None, ("the tags expected_response and status are missing: good and failed cannot be told apart",)


def _grouped(series: Iterable[Series], label: str) -> dict[str, list[Series]]:
    groups: dict[str, list[Series]] = {}
    for one in series:
        groups.setdefault(one.labels.get(label, ""), []).append(one)
    return dict(sorted(groups.items()))


def _by_name(
    grid: Grid,
    named: Mapping[str, list[Series]],
    expected: list[HistogramSeries],
    is_good: Callable[[AnySeries], bool] | None,
) -> dict[str, Requests]:
    """The requests of the most frequent names, the most frequent first."""
    totals = {name: _total(group) for name, group in named.items()}
    most = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_NAMES]
    if len(most) < 2 or is_good is None:
        return {}  # one name is the whole run
    return {
        name: Requests(
            total=totals[name],
            throughput=grid.rate(named[name]),
            goodput=grid.rate(one for one in named[name] if is_good(one)),
            expected_durations=grid.durations([h for h in expected if h.labels.get(names.REQUEST_NAME) == name]),
        )
        for name in most
    }


def _total(series: Iterable[AnySeries]) -> float:
    return float(sum(counters.unwrap(one.values)[0][-1] for one in series if isinstance(one, Series)))
