"""Prometheus's matrices, as its JSON has them: there numbers are strings, for JSON has no NaN; here they are not.

Checked and converted in one pass over the bytes: the buckets of histograms are most of what is read of a run. What
comes by the thousand is kept from the garbage collector (gc=False), as none of it can be part of a cycle.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final, Generic, Literal, TypeVar

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder


class Bucket(Struct, array_like=True, gc=False):
    """Of a histogram: its two ends, which of them belong to it, and how many observations it holds."""

    inclusive: int
    lower: float
    upper: float
    count: float


class Moments(Struct, gc=False):
    """A native histogram by its mean alone: its buckets are left unread."""

    count: float
    sum: float


class Histogram(Moments, gc=False):
    """A native histogram; one without an observation has no buckets."""

    buckets: list[Bucket] = []


Sample = TypeVar("Sample", Moments, Histogram)


class Value(Struct, array_like=True, gc=False):
    """What was sampled at a unix second."""

    time: float
    value: float


class Sampled(Struct, Generic[Sample]):
    """One series: its samples in their order, histograms as pairs of a unix second and what was sampled."""

    metric: dict[str, str]
    values: list[Value] = []
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
_SIGNED: Final = re.compile(rb'(,\s*")\+(?=Inf")')
"""msgspec knows infinity without this sign alone. Of labels, the values follow a colon."""


def read(body: bytes, *, buckets: bool) -> AnyReply:
    """``body`` as a matrix; raises ValueError where it is none."""
    decode = _DISTRIBUTIONS.decode if buckets else _MEANS.decode
    with suppress(MsgspecError):
        return decode(body)
    try:  # most replies have no infinity, and to look for it takes as long as a tenth of all else
        return decode(_SIGNED.sub(rb"\1", body))
    except MsgspecError as error:
        raise ValueError(str(error)) from error
