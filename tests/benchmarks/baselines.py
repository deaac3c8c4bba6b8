"""What people read off a chart, as numbers: the answers to beat."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from rules.series import Floats
from rules.statistics.windows import centred_mean, sustained_mean
from rules.timeline import Timeline

Baseline = Callable[[Timeline], float | None]


def highest_rate(timeline: Timeline) -> float | None:
    """The highest mean of all replies over 10 s, requests/s: what a dashboard's rate() shows."""
    return _highest(timeline.throughput, 10.0, timeline.step)


def highest_goodput(timeline: Timeline) -> float | None:
    """The highest mean of expected replies over 30 s, requests/s."""
    return _highest(timeline.goodput, 30.0, timeline.step)


def kneeds_knee(timeline: Timeline) -> float | None:
    """Goodput at the knee that Kneedle (Satopää et al. 2011) finds in goodput against VUs; needs the package kneed."""
    seen = np.isfinite(timeline.vus) & np.isfinite(timeline.goodput)
    level = centred_mean(timeline.goodput, max(1, round(10.0 / timeline.step)))[seen]
    vus, row = np.unique(np.round(timeline.vus[seen]), return_inverse=True)
    if vus.size < 3:
        return None
    goodput = np.bincount(row, level) / np.bincount(row)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where it finds no knee
        found = import_module("kneed").KneeLocator(vus, goodput, curve="concave", direction="increasing").knee_y
    return None if found is None else float(found)


def has_kneed() -> bool:
    """Whether the package is installed: it brings scipy, which nothing else here needs."""
    return find_spec("kneed") is not None


def baselines() -> dict[str, Baseline]:
    """By the name that the table gives them."""
    found: dict[str, Baseline] = {"highest 10 s rate": highest_rate, "highest 30 s goodput": highest_goodput}
    return found | ({"kneed's knee": kneeds_knee} if has_kneed() else {})


def _highest(rate: Floats, seconds: float, step: float) -> float | None:
    means = sustained_mean(rate, max(1, round(seconds / step)))
    return float(np.nanmax(means)) if np.isfinite(means).any() else None
