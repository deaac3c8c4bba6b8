"""When a burning error budget is worth an alert: the numbers as data, and scaled to other windows.

Google, The Site Reliability Workbook, chapter 5, "Alerting on SLOs", section 6 (multiwindow, multi-burn-rate alerts):
an alert when errors come ``factor`` times as fast as the budget allows, over a long window so that it matters and
over a twelfth of it so that it still goes on. The factors are a share of the budget spent in the long window: 2 % in an
hour and 5 % in six pages, 10 % in a day or in three is a ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MINUTE, HOUR, DAY = 60, 3600, 86400
Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Burn:
    """Errors over both windows at ``factor`` times the rate that spends the whole budget in the SLO's own window."""

    factor: float
    long: int
    """Seconds."""
    short: int
    severity: Severity


FOR_DAYS: Final = 30
BURNS: Final = (
    Burn(14.4, 1 * HOUR, 5 * MINUTE, "critical"),
    Burn(6, 6 * HOUR, 30 * MINUTE, "critical"),
    Burn(3, 1 * DAY, 2 * HOUR, "warning"),
    Burn(1, 3 * DAY, 6 * HOUR, "warning"),
)
"""For an SLO over FOR_DAYS days."""
HIGHEST: Final = max(burn.factor for burn in BURNS)
SHORTEST_SECONDS: Final = MINUTE
"""Below, a rate at four pushes or scrapes of 15 s is no rate."""
LEAST_DAYS: Final = -(-SHORTEST_SECONDS * FOR_DAYS // min(burn.short for burn in BURNS))


def scaled(days: int) -> tuple[Burn, ...]:
    """BURNS for an SLO over ``days`` days: the same shares of the budget, so the same factors over other windows."""
    return tuple(
        Burn(burn.factor, burn.long * days // FOR_DAYS, burn.short * days // FOR_DAYS, burn.severity) for burn in BURNS
    )


def written(seconds: int) -> str:
    """As PromQL writes it: ``1h``, ``22h24m``, ``30d``."""
    units = (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1))
    parts = []
    for unit, size in units:
        count, seconds = divmod(seconds, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts)
