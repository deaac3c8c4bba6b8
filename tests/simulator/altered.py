"""The same run with something changed whose effect on the answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rules import names
from rules.series import AnySeries, Floats, HistogramSeries
from tests.simulator.run import SimulatedRun, by_name, simulate

COUNTED = (names.VUS, names.VUS_MAX, names.HTTP_REQS, names.ITERATIONS, names.DROPPED_ITERATIONS)
FAILED = {names.EXPECTED_RESPONSE: "false", names.STATUS: "503"}
FAILS_AT_ONCE = 0.0005
"""Seconds until a failure that costs neither the server nor the client anything."""


def times_as_much(run: SimulatedRun, factor: int) -> SimulatedRun:
    """So many times the VUs, requests and iterations; each takes as long as before."""

    def scaled(one: AnySeries) -> AnySeries:
        if isinstance(one, HistogramSeries):
            return replace(one, counts=one.counts * factor, sums=one.sums * factor, buckets=one.buckets * factor)
        return replace(one, values=one.values * factor) if one.labels["__name__"] in COUNTED else one

    return replace(run, samples=by_name(scaled(one) for one in run.series()))


def with_lost_pushes(run: SimulatedRun, share: float) -> SimulatedRun:
    """The same requests, of whose pushes a further ``share`` is lost at random, for each k6 process anew."""
    output = run.scenario.output
    lost = 1 - (1 - output.lost_share) * (1 - share)
    return simulate(replace(run.scenario, output=replace(output, lost_share=lost)), run.seed, run.testid)


def with_failures(run: SimulatedRun, each: float, since: float) -> SimulatedRun:
    """From the unix second ``since`` on, ``each`` failures beside every good request, in the same iteration."""
    good = [one for one in run.series() if one.labels.get(names.EXPECTED_RESPONSE) == "true"]
    failed = [_failed(one, each, since) for one in good]
    return replace(run, samples=by_name([*run.series(), *(one for one in failed if one.times.size)]))


def _failed(one: AnySeries, each: float, since: float) -> AnySeries:
    totals = one.counts if isinstance(one, HistogramSeries) else one.values
    counts: Floats = np.floor(each * np.maximum(0.0, totals - np.interp(since, one.times, totals, left=0.0)))
    seen = counts > 0
    labels, times, counts = {**one.labels, **FAILED}, one.times[seen], counts[seen]
    if isinstance(one, HistogramSeries):
        upper, lower = np.array([FAILS_AT_ONCE]), np.array([FAILS_AT_ONCE / 2])
        return HistogramSeries(labels, times, counts, counts * FAILS_AT_ONCE, lower, upper, counts[:, None])
    return replace(one, labels=labels, times=times, values=counts)


def as_part(run: SimulatedRun, name: str) -> SimulatedRun:
    """The same run as the part ``name`` of one that steered itself; what its machines showed has no such tag."""

    def tagged(one: AnySeries) -> AnySeries:
        is_k6s = names.TESTID in one.labels
        return replace(one, labels={**one.labels, names.PART: name}) if is_k6s else one

    return replace(run, samples=by_name(tagged(one) for one in run.series()))
