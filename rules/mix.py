"""Goodput as it would be with the script's requests asked for in even turns.

A script asks for its requests one after another, so in the long run for each as often as for the others. While VUs are
added, or move in waves, it does not: of new VUs' iterations the first requests have been answered and the last are
still to come, and where these cost the system more, more requests/s are served than it sustains. Of several classes of
requests the utilisation law says U = Σ Xk·Dk (Denning & Buzen 1978): a full resource has Σ Xk·Dk = 1, whatever
the mix, and of an even one, in which each class has the rate X·ck/c, X is the mean of the Xk·c/ck, weighted by what the
classes demand, ck·Dk. Dk is not known, but in proportion to what a request takes at light load it nearly is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from rules import unloaded
from rules.series import Floats
from rules.statistics.batch_means import NORMAL
from rules.statistics.windows import Mask, cost_per_unit
from rules.timeline import Requests, Timeline

NEARLY_WHOLE: Final = 0.15
"""From a whole number, of each name per one of the rarest: what iterations that are open at the end make of it. A
script that takes a branch now and then is mostly further from one, and what is even is then not known."""
LIGHT_REQUESTS: Final = 20.0
"""Of each name, to know what it takes at light load."""
DOUBT: Final = 0.5
"""Of the correction, its standard error: a lone request's time is in part the network's, or another resource's."""


@dataclass(frozen=True, eq=False)
class Mix:
    """What each class of requests would make the rate if its turns were all: shape (k, n), requests/s, good alone."""

    rates: Floats
    weights: Floats | None
    """Shares (k,) of what an iteration demands; None where nothing tells."""


@lru_cache(maxsize=16)
def evened(timeline: Timeline) -> Timeline:
    """``timeline`` with the goodput of an even mix; the same one where there is nothing to even."""
    found = _mix(timeline)
    return timeline if found is None or found.weights is None else _with_goodput(timeline, found.weights @ found.rates)


def doubt(timeline: Timeline, bins: Mask) -> float:
    """Half-width, requests/s, of what an uneven mix leaves unknown of the mean goodput over ``bins``; 0 of an even one.

    Where nothing tells the weights, all are as likely as others (a Dirichlet distribution of parameters 1, whose
    weighted means have the variance of the rates over k + 1).
    """
    found = _mix(timeline)
    if found is None:
        return 0.0
    rates = np.nanmean(found.rates[:, bins], axis=1)
    if found.weights is None:
        return NORMAL * float(rates.std() / (rates.size + 1) ** 0.5)
    return NORMAL * DOUBT * abs(float(found.weights @ rates) - float(np.nanmean(timeline.goodput[bins])))


def _with_goodput(timeline: Timeline, even: Floats) -> Timeline:
    return replace(timeline, goodput=np.where(np.isfinite(even), even, timeline.goodput))


@lru_cache(maxsize=16)
def _mix(timeline: Timeline) -> Mix | None:
    """None of a script with one request name, or whose requests are not in turns."""
    classes = list(timeline.by_name.values())
    if len(classes) < 2 or timeline.names > len(classes):
        return None
    each = np.array([one.total for one in classes])
    if not each.min() > 0:
        return None
    each = each / each.min()
    turns = np.round(each)
    if (np.abs(each - turns) > NEARLY_WHOLE).any():
        return None
    served = np.array([one.throughput for one in classes]) * (turns.sum() / turns)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        good = np.where(timeline.throughput > 0, timeline.goodput / timeline.throughput, 0.0)
    return Mix(served * good, _weights(timeline, classes, turns))


def _weights(timeline: Timeline, classes: list[Requests], turns: Floats) -> Floats | None:
    light = _light(timeline)
    demands = []
    for one, count in zip(classes, turns, strict=True):
        spent = one.expected_durations
        if spent is None or not np.nansum(spent.counts[light]) >= LIGHT_REQUESTS:
            return None
        demands.append(count * float(np.nansum(spent.sums[light]) / np.nansum(spent.counts[light])))
    total = np.array(demands)
    return np.asarray(total / total.sum()) if total.sum() > 0 else None


def _light(timeline: Timeline) -> Mask:
    """Bins without a queue in which requests take about as long as where they take least; shape (n,).

    Waiting is the same for all classes, so where there is much of it they look alike; goodput tells of it late.
    """
    every = timeline.expected_durations
    with np.errstate(invalid="ignore"):
        light = np.asarray(unloaded.load_ratio(timeline) >= unloaded.SATURATED_BELOW)
        if every is None:
            return light
        _, means, _ = cost_per_unit(np.where(light, every.sums, np.nan), every.counts, unloaded.WELL_KNOWN, 1)
        return light & (every.mean() <= unloaded.STILL_UNLOADED * means.min()) if means.size else light
