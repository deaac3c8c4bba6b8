"""CPU time that the hypervisor took: CPU credits that ran out, or a neighbour?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rules.statistics.windows import Mask
from rules.timeline import Host
from rules.wording import number, share

STOLEN: Final = 0.1
"""Of the machine's CPU time; with so much taken by the hypervisor, the CPU that ran out is not the machine's own."""
STEAL: Final = "cpu steal"
CREDITS: Final = "cpu credits"
SECONDS_PER_CREDIT: Final = 60.0
"""A credit is one vCPU for one minute."""

EITHER: Final = "CPU credits used up, or a busy neighbour: a larger or a dedicated instance, or unlimited credits."
NEIGHBOUR: Final = "Not the credits, so a busy neighbour: a dedicated instance, or another one of the same type."
EARN_MORE: Final = (
    "A larger instance, a type that is not burstable, or unlimited credits; a run that begins with full credits "
    "measures what the instance cannot keep up."
)


@dataclass(frozen=True)
class Stolen:
    """The name of the resource, the part of a sentence, and what to do."""

    resource: str
    because: str
    advice: str


def stolen(host: Host, bins: Mask) -> Stolen | None:
    """What explains the steal in ``bins``; None where there was none to speak of."""
    taken = host.steal[bins] if host.steal is not None else np.array([np.nan])
    if not np.isfinite(taken).any() or np.nanmean(taken) < STOLEN:
        return None
    told = f"the hypervisor took {share(float(np.nanmean(taken)))} of it for others"
    known = host.credits
    if known is None or not np.isfinite(known.balance[bins]).any():
        return Stolen(STEAL, told, EITHER)
    if known.unlimited:
        return Stolen(STEAL, f"{told}, while its CPU credits are unlimited", NEIGHBOUR)
    # The balance is minutes old; since then every core may have spent a credit a minute.
    balance, age = known.balance[bins], known.age[bins]
    left = balance - host.cores * age / SECONDS_PER_CREDIT
    least = int(np.nanargmin(left))
    if left[least] > 0.0:
        return Stolen(STEAL, f"{told}, while {number(float(balance[least]))} CPU credits were left", NEIGHBOUR)
    spent = f"{number(float(balance[least]))} were left {number(float(age[least]) / 60)} minutes before"
    return Stolen(CREDITS, f"{told}, because its CPU credits were used up: {spent}", EARN_MORE)
