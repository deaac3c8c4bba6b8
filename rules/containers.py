"""Containers against their own limits of CPU and memory: which of a machine's stands nearest to each."""

from __future__ import annotations

from typing import Final

import numpy as np

from rules import names
from rules.series import Floats
from rules.timeline import Resource
from rules.told import Told, fullest, ratio

CONTAINER: Final = "container cpu"
CONTAINER_MEMORY: Final = "container memory"


def memory_nearest_to_its_limit(told: Told) -> Resource:
    """Memory that cannot be dropped at once, as a share of the limit.

    Who waits for memory, and what comes back from disk, the machine tells of all its tasks: a container that is held
    back by its limit is among them.
    """
    used = told.level_by(names.CONTAINER, names.CONTAINER_MEMORY)
    limits = told.level_by(names.CONTAINER, names.CONTAINER_MEMORY_LIMIT)
    shares = {name: share for name in used.keys() & limits if (share := ratio(used[name], limits[name])) is not None}
    name = fullest(shares)
    if name is None:
        return Resource()
    waited, fetched = told.rate(names.NODE_MEMORY_WAITING), told.rate(names.NODE_MAJOR_FAULTS)
    return Resource(shares[name], waited, fetched, of=name)


def nearest_to_its_limit(told: Told) -> Resource:
    """Use as a share of the limit, and the share of periods in which the limit held it back."""
    used = told.rate_by(names.CONTAINER, names.CONTAINER_CPU_USAGE)
    quotas = told.level_by(names.CONTAINER, names.CONTAINER_CPU_QUOTA)
    lengths = told.level_by(names.CONTAINER, names.CONTAINER_CPU_PERIOD)
    shares = {name: _share(used[name], quotas[name], lengths[name]) for name in quotas if name in used.keys() & lengths}
    name = fullest(shares)
    if name is None:
        return Resource()
    throttled = told.rate_by(names.CONTAINER, names.CONTAINER_CPU_THROTTLED_PERIODS).get(name)
    periods = told.rate_by(names.CONTAINER, names.CONTAINER_CPU_PERIODS).get(name)
    return Resource(shares[name], ratio(throttled, periods), of=name)


def _share(used: Floats, quota: Floats, period: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(used / (quota / period), 0.0, 1.0)
