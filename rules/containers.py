"""Containers against their own CPU limit: which of a machine's stands nearest to it."""

from __future__ import annotations

from typing import Final

import numpy as np

from rules import names
from rules.series import Floats
from rules.timeline import Resource
from rules.told import Told, fullest, ratio

CONTAINER: Final = "container cpu"


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
