"""What ``slo.yaml`` holds, in OpenSLO's words where they fit: unknown keys are errors."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

from rules.answer import Objective
from rules.durations import go_seconds
from rules.slo.windows import DAY, HIGHEST, LEAST_DAYS

RETENTION: Final = "retention_days"
"""The key under which a validation's context holds how long the store keeps samples; absent where nobody said."""

_MATCHER: Final = r'\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\\n]|\\.)*"\s*'
_MATCHERS: Final = re.compile(rf"{_MATCHER}(?:,{_MATCHER})*,?\s*", re.ASCII)
_SERIES: Final = re.compile(r"(?P<metric>[a-zA-Z_:][\w:]*)(?:\{(?P<matchers>.*)\})?", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name: lower-case letters, digits and - only, 63 at most")
    return text


def _seconds(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("must be a duration: write 1s, 300ms or 1m30s")
    if not isinstance(given, str):
        return given
    seconds = go_seconds(given)
    if seconds is None:
        raise ValueError(f"{given!r} is no duration: write 1s, 300ms or 1m30s")
    return seconds


def _target(target: float) -> float:
    if target >= 1:
        raise ValueError(f"{target:g} must be below 1: write 0.95 for 95 %; 100 % leaves no budget to burn")
    if HIGHEST * (1 - target) >= 1:
        least = 1 - 1 / HIGHEST
        raise ValueError(
            f"{target:g} is too low for an alert to be able to fire: at {HIGHEST:g} times the budget more than all "
            f"requests would have to fail; it must be above {least:.3f}"
        )
    return target


def _days(given: object) -> object:
    found = re.fullmatch(r"([1-9][0-9]{0,3})([dw])", given) if isinstance(given, str) else None
    if not found:
        raise ValueError(f"{given!r} is no window: write whole days or weeks, 30d or 4w")
    return int(found[1]) * (7 if found[2] == "w" else 1)


def _window(days: int, info: ValidationInfo) -> int:
    if days < LEAST_DAYS:
        raise ValueError(
            f"{days}d is too short: its fastest alert would look at less than a minute; {LEAST_DAYS}d is the least"
        )
    kept = (info.context or {}).get(RETENTION)
    if kept is not None and days > kept:
        raise ValueError(f"{days}d is longer than the store keeps samples ({kept:g}d): shorten it, or keep them longer")
    return days


def matchers(text: str) -> str:
    """``text``, where it is label matchers of PromQL, without braces; raises ValueError."""
    if not _MATCHERS.fullmatch(text):
        raise ValueError(f'{text!r} are no matchers: write label="value", with =, !=, =~ or !~, and commas between')
    return text.strip().rstrip(",")


def _series(text: str) -> str:
    found = _SERIES.fullmatch(text.strip())
    if not found:
        raise ValueError(f'{text!r} is no metric: write name or name{{label="value"}}')
    if found["matchers"] and found["matchers"].strip():
        matchers(found["matchers"])
    return text.strip()


Series = Annotated[str, AfterValidator(_series)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class HistogramMetric(_Part):
    """A histogram of the user's own service: the duration of each request, in seconds."""

    metric: Series
    """Without the suffix ``_bucket``."""
    good: Annotated[str, AfterValidator(matchers)] | None = None
    """Matchers of the requests that were answered as expected; without it, all were."""
    native: bool = False
    """A native histogram; else a classic one, which must have the threshold among its bounds."""

    @model_validator(mode="after")
    def _base(self) -> HistogramMetric:
        name = split(self.metric)[0]
        for suffix in ("_bucket", "_count", "_sum"):
            if name.endswith(suffix):
                raise ValueError(f"{name} is a part of a histogram: name it without {suffix}")
        return self


class RatioMetric(_Part):
    """Two counters of the user's own service; its own word is taken for what is good."""

    good: Series
    total: Series


class Indicator(_Part):
    """What is measured: one of these."""

    k6: Literal["requests"] | None = None
    """k6's requests: those of each load test, and those of the probe every day."""
    histogram: HistogramMetric | None = None
    ratio_metric: RatioMetric | None = None

    @model_validator(mode="after")
    def _one(self) -> Indicator:
        if sum(one is not None for one in (self.k6, self.histogram, self.ratio_metric)) != 1:
            raise ValueError("give one of k6, histogram and ratioMetric")
        return self


class Slo(_Part):
    """One promise: ``target`` of the requests are good within ``time_window`` days, which roll."""

    name: Annotated[str, AfterValidator(_name)]
    description: str = ""
    indicator: Indicator
    threshold: Annotated[float, BeforeValidator(_seconds), Field(gt=0, allow_inf_nan=False)] = 1.0
    """Seconds: a good request is answered as expected within them. No part of it where two counters are given."""
    target: Annotated[float, Field(gt=0, allow_inf_nan=False), AfterValidator(_target)] = 0.95
    time_window: Annotated[int, BeforeValidator(_days), AfterValidator(_window)] = 30

    @property
    def seconds(self) -> int:
        """Of its window."""
        return self.time_window * DAY

    @property
    def budget(self) -> float:
        """The share of requests that need not be good."""
        return 1 - self.target

    @property
    def between_bounds(self) -> bool:
        """Whether good requests are an estimate, as the threshold lies inside a bucket of a native histogram.

        Powers of two are bounds at every schema from 0 on; others are where the schema happens to have them
        (Prometheus: native histograms, the bounds of schema n are 2^(k/2^n)).
        """
        native = self.indicator.k6 or (self.indicator.histogram and self.indicator.histogram.native)
        return bool(native) and math.frexp(self.threshold)[0] != 0.5

    @property
    def objective(self) -> Objective:
        """As answers and verdicts hold it."""
        return Objective(objective=self.target, latency_seconds=self.threshold)


class Promise(_Part):
    """The whole file."""

    slos: tuple[Slo, ...]

    @property
    def of_k6(self) -> Slo:
        """The one definition of a good request."""
        return next(slo for slo in self.slos if slo.indicator.k6)

    def with_threshold(self, seconds: float) -> Promise:
        """The same with another threshold for k6's requests, as a command line may give it."""
        changed = self.of_k6.model_copy(update={"threshold": seconds})
        return Promise(slos=tuple(changed if slo.indicator.k6 else slo for slo in self.slos))


def split(series: str) -> tuple[str, str]:
    """A Series as metric name and matchers."""
    found = _SERIES.fullmatch(series)
    assert found  # noqa: S101 - a Series was validated
    return found["metric"], (found["matchers"] or "").strip().rstrip(",")
