"""``Comparison``: what Loadline says of two sets of answers (schema ``loadline.comparison/1``).

Keys may be added, never renamed or removed. Unknown is null, never 0.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rules.answer import Interval

SCHEMA: Literal["loadline.comparison/1"] = "loadline.comparison/1"


class Outcome(StrEnum):
    """What the candidate is beside the baseline; docs/compare.md holds the exact meaning of each."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "cannot_tell"

    @property
    def words(self) -> str:
        """As a sentence has it."""
        return {"same": "the same", "cannot_tell": "cannot tell"}.get(self.value, self.value)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Change(_Part):
    """How one figure changed. ``change`` is relative, 0.05 is 5 % more; its 95 % interval is ``low`` to ``high``.

    A null end is not bounded; with a null ``change`` there are bounds alone.
    """

    figure: str
    verdict: Outcome
    because: str
    change: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    baseline: Interval = Interval()
    candidate: Interval = Interval()

    @property
    def compared(self) -> bool:
        """Whether anything is known of the change."""
        return self.low is not None or self.high is not None

    @property
    def size(self) -> str:
        """``−5.1 % [−6.2, −4.0]``, or the bounds alone: ``at least +5.0 %``; ``unknown`` where nothing is known."""
        low, high = _percent(self.low), _percent(self.high)
        if self.change is not None:
            return f"{_percent(self.change)} % [{low or 'unknown'}, {high or 'unknown'}]"
        if low and high:
            return f"between {low} and {high} %"
        return f"at least {low} %" if low else f"at most {high} %" if high else "unknown"


class Difference(_Part):
    """A condition of the test that was not the same on both sides."""

    condition: str
    baseline: str
    candidate: str


class Comparison(_Part):
    """Two sides, told apart or not."""

    schema_: Literal["loadline.comparison/1"] = SCHEMA
    verdict: Outcome
    because: str
    comparable: bool
    """False where nothing could be compared; a wide interval is a comparison."""
    baseline: list[str]
    """Testids."""
    candidate: list[str]
    margin: float
    """The relative difference that counts as none: 0.02 is 2 %."""
    differences: list[Difference] = []
    max_throughput: Change
    slo_capacity: Change | None = None
    endpoints: list[Change] = []
    share_between_runs: float | None = None
    """Of the variance of the maximum throughput over runs, what the runs' own intervals do not explain; null without
    two comparable runs on a side."""
    notes: list[str] = []

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=lambda name: name.rstrip("_"), populate_by_name=True
    )

    @property
    def deciding(self) -> list[Change]:
        """The figures that make the verdict; endpoints only say where."""
        return [self.max_throughput, *([self.slo_capacity] if self.slo_capacity else [])]

    def to_json(self, indent: int | None = 2) -> str:
        """One JSON object."""
        return self.model_dump_json(by_alias=True, indent=indent)


def _percent(change: float | None) -> str | None:
    """With its sign, to a tenth of a percent: nothing is known of runs to less."""
    if change is None:
        return None
    percent = round(100 * change, 1)
    return f"{percent:+,.1f}".replace("-", "−") if percent else "0.0"
