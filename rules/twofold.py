"""Samples that are there twice, or of two k6 processes in one series: their sums would be of no load that there was.

The same samples come twice where a store takes them from several replicas or by two ways, each with labels of its own.
Two processes write one series where no tag tells them apart; what one of them wrote is then hidden by the other's.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from rules import names
from rules.runs import Run
from rules.series import AnySeries, Samples, Series
from rules.signals.signal import where
from rules.statistics import ticks
from rules.summing import HEAD_SECONDS

FEWEST: Final = 3
"""Samples; fewer may be alike by chance."""
MOSTLY: Final = 2 / 3
"""Of the samples of the shorter series: a store that takes them by scraping may miss some."""
SAME_SERIES: Final = "by the clocks of its samples, several k6 processes write the same series"


def conflicts(run: Run, samples: Samples) -> list[str]:
    """Why what ``run`` selects cannot be added up; ``samples`` are its own, or those of its begin alone."""
    vus, ended = (_begin(run, samples.get(metric, ())) for metric in (names.VUS, names.ITERATIONS))
    said = [SAME_SERIES] if any(ticks.interleaved(one.times) for one in vus) else []
    return said + _copied(run, vus, ended)


def _begin(run: Run, series: Sequence[AnySeries]) -> list[Series]:
    """The ``series``, without what a long run has after that."""
    last = run.start + HEAD_SECONDS
    cut = [(one, one.times <= last) for one in series if isinstance(one, Series)]
    return [replace(one, times=one.times[kept], values=one.values[kept]) for one, kept in cut if kept.any()]


def _copied(run: Run, vus: Sequence[Series], ended: Sequence[Series]) -> list[str]:
    """That a process is there more than once, if any is: with the labels in which the copies differ."""
    for number, first in enumerate(vus):
        for other in vus[number + 1 :]:
            apart = [label for label in _labels(first, other) if first.labels.get(label) != other.labels.get(label)]
            if names.PROCESS in apart:  # k6 itself says that they are two
                continue
            if _alike(first, other) and _count_alike(first, other, ended):
                own = where(**{label: first.labels.get(label, "") for label in apart})
                differ = " and ".join(apart)
                chosen = f"--selector {shlex.quote(f'{run.selector},{own}')}"
                return [f"the same samples are there twice, under other values of {differ}: choose one, by {chosen}"]
    return []


def _count_alike(first: Series, other: Series, ended: Sequence[Series]) -> bool:
    """Whether what both processes counted is the same too: VUs that are shared out evenly are alike by plan."""
    theirs = {_without(one.labels, first, other): one for one in ended if _wrote(other, one)}
    pairs = [(one, theirs.get(_without(one.labels, first, other))) for one in ended if _wrote(first, one)]
    told = [(one, twin) for one, twin in pairs if one.times.size >= FEWEST]
    return bool(told) and all(twin is not None and _alike(one, twin) for one, twin in told)


def _alike(one: Series, other: Series) -> bool:
    """Whether both have mostly the same samples, to the millisecond, and nothing else at the same time."""
    both, mine, theirs = np.intersect1d(one.times, other.times, assume_unique=True, return_indices=True)
    enough = max(FEWEST, MOSTLY * min(one.times.size, other.times.size))
    return both.size >= enough and bool((one.values[mine] == other.values[theirs]).all())


def _labels(first: Series, other: Series) -> list[str]:
    return sorted({*first.labels, *other.labels})


def _without(labels: Mapping[str, str], first: Series, other: Series) -> frozenset[tuple[str, str]]:
    """``labels`` but for those that tell ``first`` from ``other``."""
    apart = {label for label in _labels(first, other) if first.labels.get(label) != other.labels.get(label)}
    return frozenset((label, value) for label, value in labels.items() if label not in apart)


def _wrote(process: Series, one: AnySeries) -> bool:
    """Whether ``one`` has all labels of the ``process``."""
    return all(one.labels.get(label) == value for label, value in process.labels.items() if label != "__name__")
