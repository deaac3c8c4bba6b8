"""The parts of a run that steers itself: by the tag that k6 gave them, and as the answer tells of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rules import names
from rules.signals.answer import EVENT, latest
from rules.signals.load import VUS
from rules.signals.signal import Signal

TAGGED: Final = f'{names.PART}!=""'
BEGAN: Final = replace(EVENT, name="began", matchers=f'{names.RULE}="{names.PART}"', by=(names.PART,))
STOP: Final = Signal(
    "stop",
    "1",
    "1 for the reason why load was stopped in a part of the run.",
    names.STOP_INFO,
    "gauge",
    aggregation="max",
    by=(names.PART, names.REASON),
)
PLATEAU: Final = replace(
    BEGAN, name="plateau", description="Its length when load was stopped.", metric=names.STOP_PLATEAU, matchers=""
)
HALF_WIDTH: Final = replace(
    PLATEAU,
    name="±",
    unit="ratio",
    description="Half of the maximum's interval when load was stopped, as a share of its value.",
    metric=names.STOP_HALF_WIDTH,
)
KNEE_MULTIPLE: Final = replace(
    PLATEAU,
    name="times the knee",
    unit="1",
    description="VUs when load was stopped over those at the knee.",
    metric=names.STOP_KNEE_MULTIPLE,
)


def there(window: str, *extra: str) -> str:
    """When each part was there: how many samples of its VUs ``window`` holds. Such a run pushes each second."""
    return VUS.present(window, TAGGED, *extra, by=names.PART)


def most_vus(window: str, *extra: str) -> str:
    """The most VUs of each part in ``window``, those of its processes added up."""
    return f"sum by ({names.PART}) (max_over_time({VUS.selector(TAGGED, *extra)}[{window}]))"


def began_milliseconds(window: str, *extra: str) -> str:
    """When each part began, in unix milliseconds as boards write dates."""
    return f"({latest(BEGAN, window, *extra)}) * 1000"
