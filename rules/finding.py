"""``Finding``: what one rule says, with the evidence it says it on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Verdict(StrEnum):
    """What a run proves; docs/answer.md holds the exact meaning of each."""

    SATURATED = "saturated"
    NOT_SATURATED = "not_saturated"
    GENERATOR_LIMITED = "generator_limited"
    FAILING = "failing"
    INCONCLUSIVE = "inconclusive"


class Outcome(StrEnum):
    """What one rule found. No data is ``unknown``, never ``ok``."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Window(BaseModel):
    """A stretch of time, RFC 3339 in UTC."""

    model_config = ConfigDict(frozen=True)

    start: datetime
    end: datetime


class Finding(BaseModel):
    """One rule's finding: the measured value, its limit and unit, the window and the query it was read by."""

    model_config = ConfigDict(frozen=True)

    rule: str
    verdict: Outcome
    because: str
    measured: float | None = None
    limit: float | None = None
    unit: str | None = None
    advice: str | None = None
    window: Window | None = None
    query: str | None = None
    concludes: Verdict | None = None
    """The verdict on the whole run that this finding proves, if it proves one."""
    answers: dict[str, Any] = Field(default_factory=dict, exclude=True)
    """Parts of the Answer that this rule supplies, by the Answer's field names."""
