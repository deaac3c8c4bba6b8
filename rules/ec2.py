"""What EC2 limits beside the machine itself: its network allowances, and the CPU credits of burstable types."""

from __future__ import annotations

from typing import Final

import numpy as np

from rules import names
from rules.series import Floats
from rules.timeline import Credits, Resource
from rules.told import Told

BANDWIDTH: Final = "bandwidth allowance"
PACKETS: Final = "packet allowance"
CONNECTIONS: Final = "connection allowance"
LOCAL_SERVICES: Final = "local service allowance"

EXCEEDED: Final = {
    BANDWIDTH: (names.EC2_BW_IN_EXCEEDED, names.EC2_BW_OUT_EXCEEDED),
    PACKETS: (names.EC2_PPS_EXCEEDED,),
    CONNECTIONS: (names.EC2_CONNTRACK_EXCEEDED,),
    LOCAL_SERVICES: (names.EC2_LINKLOCAL_EXCEEDED,),
}
"""The counters of packets that each allowance held back."""


def allowances(told: Told) -> dict[str, Resource]:
    """Each allowance by the packets that it held back; AWS tells of none how much of it is used."""
    return {name: Resource(errors=_packets(told, metrics)) for name, metrics in EXCEEDED.items()}


def credits_left(told: Told) -> Credits | None:
    """The balance as CloudWatch last gave it, and how old that was in each bin."""
    balance, known = told.level(names.EC2_CREDIT_BALANCE), told.level(names.EC2_CREDIT_TIMESTAMP)
    if balance is None or known is None:
        return None
    middles = (told.edges[:-1] + told.edges[1:]) / 2
    surplus = told.level(names.EC2_SURPLUS_BALANCE)
    return Credits(balance, np.maximum(middles - known, 0.0), surplus is not None and bool((surplus > 0.0).any()))


def _packets(told: Told, metrics: tuple[str, ...]) -> Floats | None:
    rates = [rate for metric in metrics if (rate := told.rate(metric)) is not None]
    return np.asarray(np.sum(rates, axis=0)) if rates else None
