"""What k6's ``experimental-prometheus-rw`` output writes of a run.

Totals since the test began, one flush every push interval; a series is sent if something was added to it since the
flush before, stamped with the time of its latest addition in whole milliseconds; there is no sample of zero. A push
that is lost is not repeated: the totals of the next one hold it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rules import names
from rules.series import AnySeries, Floats, HistogramSeries, Series
from tests.simulator.closed_loop import Requests
from tests.simulator.scenario import Load, Output, Server
from tests.simulator.server import ERROR, NO_REPLY, OK, OVERLOADED, REFUSED, TOO_MANY

ADDRESS = "http://sut.test/"
SCENARIO = "default"
PIPELINE_SECONDS = 0.05
"""k6 hands samples to its outputs in batches of this length, so a flush does not have the very last."""
BUCKETS_PER_DOUBLING = 8
"""Schema 3 of a native histogram: boundaries 2^(i/8)."""
REUSED_SECONDS = 8e-6
"""Time blocked on a connection that is open already, as measured with k6 1.1."""

ERROR_CODES = {NO_REPLY: "1050", REFUSED: "1212", TOO_MANY: "1429", ERROR: "1500", OVERLOADED: "1503"}
ERRORS = {NO_REPLY: "request timeout", REFUSED: "dial: connection refused"}

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Pushes:
    """The flushes of one k6 process: ``cuts`` are the times up to which each holds samples, shape (k,)."""

    cuts: Floats
    arrived: NDArray[np.bool_]
    zero: float
    """Unix seconds at which the test began."""
    restart: float | None = None
    """When the process was started again: totals of later pushes count from there."""


def written(
    requests: Requests, load: Load, server: Server, output: Output, testid: str, zero: float, rng: np.random.Generator
) -> Iterator[AnySeries]:
    """Every series of the run, each with its name in the label ``__name__``. ``zero``: unix seconds of the begin."""
    last = min(load.seconds + load.graceful_stop, float(requests.busy[-1]) if requests.busy.size else load.seconds)
    owner = rng.integers(output.processes, size=requests.sent.size) if output.processes > 1 else None
    ending = rng.integers(output.processes, size=requests.iteration_ends.size) if output.processes > 1 else None
    for number in range(output.processes):
        dies = output.last_dies_at if number == output.processes - 1 else None
        until = min(last, dies) if dies is not None else last
        mine = _mine(owner, number, output, requests.sent, rng)
        ended = _mine(ending, number, output, requests.iteration_ends - requests.iteration_seconds, rng)
        labels = {names.TESTID: testid} | ({"instance_id": str(number)} if output.processes > 1 else {})
        pushes = _pushes(until, dies is None, output, zero, rng)
        yield from _vus(requests, load, output, number, until, pushes, labels)
        yield from _iterations(requests, ended, pushes, output, labels)
        if not number:  # the load's own clock drops them, in one process
            yield from _counted(names.DROPPED_ITERATIONS, requests.dropped, pushes, labels | {"scenario": SCENARIO})
        yield from _requests(requests, mine, load, server, pushes, output, labels, rng)


def _mine(
    owner: Indices | None, number: int, output: Output, sent: Floats, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which requests this process made; after the last one's death the others have its share."""
    if owner is None:
        return np.ones(sent.size, bool)
    if output.last_dies_at is not None:
        orphaned = (owner == output.processes - 1) & (sent >= output.last_dies_at)
        owner = np.where(orphaned, rng.integers(output.processes - 1, size=sent.size), owner)
    return np.asarray(owner == number)


def _pushes(until: float, ends_well: bool, output: Output, zero: float, rng: np.random.Generator) -> Pushes:
    """The output starts a moment before the test, and flushes once more at a proper end."""
    every = output.push_interval
    flushes = np.arange(every - rng.uniform(0.0, 0.5), until, every)
    cuts = flushes - rng.uniform(0.0, PIPELINE_SECONDS, flushes.size)
    if ends_well:
        flushes, cuts = np.append(flushes, until), np.append(cuts, until)
    lost = rng.random(flushes.size) < output.lost_share
    for begin, end in output.gaps:
        lost |= (flushes >= begin) & (flushes < end)
    return Pushes(cuts, ~lost, zero, output.restarts_at)


def _stamped(times: Floats, pushes: Pushes) -> tuple[Floats, Indices, Indices]:
    """Of additions at ``times`` (rising): the stamps of the samples that arrived, and which additions each holds.

    Sample i holds the additions from ``since[i]`` to before ``upto[i]``; what a killed process had not pushed is lost.
    """
    upto = np.searchsorted(times, pushes.cuts, side="right")
    since = np.zeros_like(upto)
    if pushes.restart is not None:
        since[pushes.cuts > pushes.restart] = np.searchsorted(times, pushes.restart)
    sent = np.diff(upto, prepend=0) > 0
    kept = sent & pushes.arrived & (upto > since)
    # In unix milliseconds and back, so that the floats are those that a store gives back.
    return np.floor((pushes.zero + times[upto[kept] - 1]) * 1000.0) / 1000.0, upto[kept], since[kept]


def _vus(
    requests: Requests, load: Load, output: Output, number: int, until: float, pushes: Pushes, labels: dict[str, str]
) -> Iterator[Series]:
    """k6 reports its VUs every second, and each flush keeps the latest report.

    Of a closed loop those that are active, whether they think or wait; of an arrival-rate executor those at work, and
    as k6_vus_max all that it has made (seen with k6 1.1 and 1.8.1: 20 iterations/s of 0.5 s show 10 of 50 VUs). As
    the iterations of a process that died go to the others there, so do the VUs.
    """
    processes = output.processes
    arrivals = load.arrivals
    finishers = processes - (output.last_dies_at is not None)
    seconds = np.arange(1.0, until + 1e-9)
    planned = np.interp(seconds, [t for t, _ in load.points], [n for _, n in load.points])
    ready = np.full(seconds.size, load.most_vus)
    if arrivals:
        begun, ended = (np.searchsorted(at, seconds, side="right") for at in (requests.sent, requests.iteration_ends))
        planned = (begun - ended).astype(float)
        ready = arrivals.allocated + np.searchsorted(requests.made, seconds, side="right").astype(float)
    finishing = requests.busy.size - 1.0 * np.searchsorted(requests.busy, seconds, side="right")
    running = seconds < load.seconds
    sharers = np.where(seconds < (output.last_dies_at or np.inf), processes, finishers) if arrivals else processes
    vus = np.where(running, _share(planned, number, sharers), _share(finishing, number, finishers))
    stamps, kept, _ = _stamped(seconds, pushes)
    yield Series({"__name__": names.VUS} | labels, stamps, vus[kept - 1])
    yield Series({"__name__": names.VUS_MAX} | labels, stamps, np.ceil(ready[kept - 1] / processes))


def _share(whole: Floats, number: int, processes: int | Indices) -> Floats:
    """The VUs of process ``number``: as execution segments split them, all together they are the whole."""
    each, left = np.divmod(np.floor(whole), processes)
    return np.asarray(each + (number < left))


def _iterations(
    requests: Requests, mine: NDArray[np.bool_], pushes: Pushes, output: Output, labels: dict[str, str]
) -> Iterator[AnySeries]:
    carried = labels | {"scenario": SCENARIO}
    order = np.argsort(requests.iteration_ends[mine], kind="stable")
    ends, seconds = requests.iteration_ends[mine][order], requests.iteration_seconds[mine][order]
    yield from _counted(names.ITERATIONS, ends, pushes, carried)
    yield from _trend(names.ITERATION_DURATION, ends, seconds, pushes, output, carried)


def durations(requests: Requests, server: Server) -> Floats:
    """Seconds of each request as k6's http_req_duration has them: without the wait for a connection."""
    whole = requests.replied - requests.sent
    if not server.waits_before_accept:
        return whole
    return whole - np.clip(requests.begun - requests.sent, 0.0, whole)


def _requests(
    requests: Requests,
    mine: NDArray[np.bool_],
    load: Load,
    server: Server,
    pushes: Pushes,
    output: Output,
    labels: dict[str, str],
    rng: np.random.Generator,
) -> Iterator[AnySeries]:
    blocked = REUSED_SECONDS * np.exp(rng.normal(0.0, 0.3, requests.sent.size))
    blocked[np.isin(requests.sent, requests.first)] += server.network
    duration = durations(requests, server)
    blocked += requests.replied - requests.sent - duration
    kinds = sorted(set(zip(requests.turn[mine].tolist(), requests.status[mine].tolist(), strict=True)))
    for turn, code in kinds:
        chosen = np.flatnonzero(mine & (requests.status == code) & (requests.turn == turn))
        chosen = chosen[np.argsort(requests.replied[chosen], kind="stable")]
        times, carried = requests.replied[chosen], labels | _reply_labels(load.requests[turn].name, code)
        yield from _counted(names.HTTP_REQS, times, pushes, carried)
        yield from _trend(names.HTTP_REQ_DURATION, times, duration[chosen], pushes, output, carried)
        yield from _trend(names.HTTP_REQ_BLOCKED, times, blocked[chosen], pushes, output, carried)


def _reply_labels(endpoint: str, code: int) -> dict[str, str]:
    """k6's default system tags; an empty one is no label."""
    url = ADDRESS + endpoint
    labels = {"scenario": SCENARIO, "method": "GET", names.REQUEST_NAME: url, "url": url}
    labels |= {names.STATUS: str(max(code, 0)), names.EXPECTED_RESPONSE: "true" if code == OK else "false"}
    if code > 0:
        labels["proto"] = "HTTP/1.1"
    if code in ERROR_CODES:
        labels["error_code"] = ERROR_CODES[code]
    if code in ERRORS:
        labels["error"] = ERRORS[code]
    return labels


def _counted(name: str, times: Floats, pushes: Pushes, labels: dict[str, str]) -> Iterator[Series]:
    stamps, upto, since = _stamped(times, pushes)
    if stamps.size:
        yield Series({"__name__": name} | labels, stamps, (upto - since).astype(float))


def _trend(
    name: str, times: Floats, seconds: Floats, pushes: Pushes, output: Output, labels: dict[str, str]
) -> Iterator[AnySeries]:
    stamps, upto, since = _stamped(times, pushes)
    if not stamps.size:
        return
    if not output.native_histograms:
        values = np.array([np.quantile(seconds[a:b], 0.99) for a, b in zip(since, upto, strict=True)])
        yield Series({"__name__": name.removesuffix("_seconds") + "_p99"} | labels, stamps, values)
        return
    seconds = seconds[: upto[-1]]
    index = np.ceil(np.log2(np.maximum(seconds, 1e-9)) * BUCKETS_PER_DOUBLING).astype(int)
    lowest, width = int(index.min()), int(index.max() - index.min()) + 1
    marks = np.unique(np.concatenate([[0], since, upto]))
    row = np.searchsorted(marks, np.arange(seconds.size), side="right")
    table = np.bincount(row * width + index - lowest, minlength=marks.size * width).reshape(marks.size, width)
    total, sums = np.cumsum(table, axis=0), np.concatenate([[0.0], np.cumsum(seconds)])
    uppers = 2.0 ** ((lowest + np.arange(-1, width)) / BUCKETS_PER_DOUBLING)
    ends, begins = np.searchsorted(marks, upto), np.searchsorted(marks, since)
    yield HistogramSeries(
        labels={"__name__": name} | labels,
        times=stamps,
        counts=(upto - since).astype(float),
        sums=sums[upto] - sums[since],
        lower=uppers[:-1],
        upper=uppers[1:],
        buckets=(total[ends] - total[begins]).astype(float),
    )
