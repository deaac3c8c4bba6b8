"""A run as it was some time ago, for rules that ask whether they would have said the same then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from rules.timeline import Durations, Timeline


def until(timeline: Timeline, time: float) -> Timeline:
    """``timeline`` with the bins alone that had ended at ``time`` (unix seconds), one at least.

    The bins stay as long as they are; a grid made at that moment may have had shorter ones. ``totals``, ``most_vus``
    and what else is told of the whole run stay those of the whole run; parts, confirmations and probes are
    left out.
    """
    count = max(1, int((time - timeline.start) / timeline.step + 1e-9))
    if count >= timeline.vus.size:
        return replace(timeline, parts=(), holds=(), probes=())
    cut = {one.name: _cut(getattr(timeline, one.name), count) for one in fields(timeline)}
    end = timeline.start + count * timeline.step
    before = {
        "gaps": tuple(gap for gap in timeline.gaps if gap.start < end),
        "resets": tuple(at for at in timeline.resets if at < end),
        "deaths": tuple(at for at in timeline.deaths if at < end),
        "parts": (),
        "holds": (),
        "probes": (),
    }
    return replace(timeline, **(cut | before))


def _cut(value: Any, count: int) -> Any:
    if isinstance(value, np.ndarray):
        return value[:count]
    if isinstance(value, Durations):  # whose boundaries are not of the bins
        kept = {"counts": value.counts[:count], "sums": value.sums[:count], "buckets": value.buckets[:count]}
        return replace(value, **kept)
    if isinstance(value, Mapping):
        return {key: _cut(one, count) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_cut(one, count) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _cut(getattr(value, one.name), count) for one in fields(value)})
    return value
