"""Prometheus's matrices, as its JSON has them: there numbers are strings, for JSON has no NaN; here they are not.

Checked and converted in one pass over the bytes: the buckets of histograms are most of what is read of a run.
"""

from __future__ import annotations

import re
from typing import Final, Generic, Literal, TypeVar

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

Bucket = tuple[int, float, float, float]
"""Which ends belong to it, its lower and its upper end, and how many observations it holds."""


class Moments(Struct):
    """A native histogram by its mean alone: its buckets are left unread."""

    count: float
    sum: float


class Histogram(Moments):
    """A native histogram; one without an observation has no buckets."""

    buckets: list[Bucket] = []


Sample = TypeVar("Sample", Moments, Histogram)


class Sampled(Struct, Generic[Sample]):
    """One series: pairs of a unix second and what was sampled, in their order."""

    metric: dict[str, str]
    values: list[tuple[float, float]] = []
    histograms: list[tuple[float, Sample]] = []


class Matrix(Struct, Generic[Sample]):
    result: list[Sampled[Sample]]


class Reply(Struct, Generic[Sample]):
    """A reply to a range selector or a range query."""

    status: Literal["success"]
    data: Matrix[Sample]


Distributions = Reply[Histogram]
Means = Reply[Moments]
"""The same, without buckets."""
AnyReply = Distributions | Means

_DISTRIBUTIONS: Final = Decoder(Distributions, strict=False)
_MEANS: Final = Decoder(Means, strict=False)
_INFINITE: Final = b'"+Inf"'
_SIGNED: Final = re.compile(rb'(,\s*")\+(?=Inf")')
"""msgspec knows infinity without this sign alone. Of labels, the values follow a colon."""


def read(body: bytes, *, buckets: bool) -> AnyReply:
    """``body`` as a matrix; raises ValueError where it is none."""
    if _INFINITE in body:
        body = _SIGNED.sub(rb"\1", body)
    try:
        return _DISTRIBUTIONS.decode(body) if buckets else _MEANS.decode(body)
    except MsgspecError as error:
        raise ValueError(str(error)) from error
