"""The contract of a collector; ``exporter/guard.py`` runs them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from prometheus_client.core import Metric


class Collector(Protocol):
    """One subject to report on. The guard never has two calls of ``collect`` under way at once."""

    @property
    def name(self) -> str:
        """Lower case, unique: the value of the label ``collector`` and a part of the command's flag."""

    def collect(self) -> Iterable[Metric]:
        """Fresh metric families; raises NothingHere(reason) where this host has no such subject.

        Any other exception is a failure, and its text is logged: it must hold no secret.
        """


@runtime_checkable
class Slow(Protocol):
    """What a collector adds to say that its source takes long, or costs money: it is asked in the background.

    A scrape is given the last good answer together with its age, and waits for the source only where there has
    been no answer yet.
    """

    @property
    def refresh_seconds(self) -> float:
        """How old an answer may be before a scrape has the source asked again."""


@runtime_checkable
class Bounded(Protocol):
    """What a collector adds that reports on no more than so many things."""

    @property
    def left_out(self) -> int:
        """How many things the last call saw and did not report."""


def check(families: Iterable[Metric]) -> None:
    """Raise where a sample would break the exposition, which happens after the guard has let go of it."""
    for family in families:
        for sample in family.samples:
            float(sample.value)
            for value in sample.labels.values():
                if not isinstance(value, str):
                    raise TypeError(f"{sample.name} has a label that is not a string: {value!r}")
