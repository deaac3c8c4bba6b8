"""Prometheus's matrices, as its JSON has them: there numbers are strings, for JSON has no NaN; here they are not.

Checked and converted in one pass over the bytes: the buckets of histograms are most of what is read of a run.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AliasPath, BaseModel, Field

Bucket = tuple[int, float, float, float]
"""Which ends belong to it, its lower and its upper end, and how many observations it holds."""


class Moments(BaseModel):
    """A native histogram by its mean alone: its buckets are left unread."""

    count: float
    sum: float


class Histogram(Moments):
    """A native histogram; one without an observation has no buckets."""

    buckets: list[Bucket] = []


class Sampled(BaseModel):
    """One series: pairs of a unix second and what was sampled, in their order."""

    metric: dict[str, str]
    values: list[tuple[float, float]] = []


class Distributed(Sampled):
    histograms: list[tuple[float, Histogram]] = []


class Averaged(Sampled):
    histograms: list[tuple[float, Moments]] = []


class Reply(BaseModel):
    status: Literal["success"]


class Distributions(Reply):
    """A reply to a range selector or a range query."""

    series: list[Distributed] = Field(validation_alias=AliasPath("data", "result"))


class Means(Reply):
    """The same, without buckets."""

    series: list[Averaged] = Field(validation_alias=AliasPath("data", "result"))
