"""When a confirmation is to end: once it is proven either way, and sooner where it can only waste time."""

from __future__ import annotations

from typing import Final

import numpy as np

from loadline.steering.course import Leg, ending
from rules import confirmation, holding
from rules.answer import Objective
from rules.confirmation import Tried, sentence
from rules.parts import CONFIRMATION, Part, Stop
from rules.timeline import Timeline
from rules.wording import moment, number, seconds

HOPELESS_SECONDS: Final = 15.0
HOPELESS_SHARE: Final = 0.1
"""Of the due, so few were good for as long, and goodput was FAR_BELOW the rate: no minute would mend that."""
FAR_BELOW: Final = 0.8
FAILING_SHARE: Final = 0.05
"""Of the replies, so few were as expected for as long: the system does no useful work."""


def decide(hold: Timeline, leg: Leg, objective: Objective) -> Stop | None:
    """Whether the confirmation ``hold``, which is what there is of ``leg`` so far, is to end now."""
    hopeless = _hopeless(hold, leg, objective)
    if hopeless is not None:
        return hopeless
    tried = look(hold, leg, objective, over=False)
    if tried is None or tried.said == "undecided" or tried.hold.seconds < confirmation.HELD_SECONDS:
        return None
    return ending("generator_limited" if tried.said == "cannot_tell" else tried.said, hold, sentence(tried, objective))


def look(hold: Timeline, leg: Leg, objective: Objective, stop: Stop | None = None, over: bool = True) -> Tried | None:
    """What ``hold`` says of ``leg``."""
    start, end = moment(hold.start), moment(hold.end)
    name = leg.name or CONFIRMATION
    part = Part(name=name, start=start, end=end, rate=leg.rate, seconds=leg.seconds, stop=stop)
    return confirmation.look(hold, objective, part, over)


def _hopeless(hold: Timeline, leg: Leg, objective: Objective) -> Stop | None:
    known = holding.judged(hold, leg.seconds)
    recent = known & (np.cumsum(known[::-1])[::-1] <= HOPELESS_SECONDS / hold.step)
    covered = float(recent.sum()) * hold.step
    if covered < HOPELESS_SECONDS - hold.step:
        return None
    answered, expected = (float(np.mean(rate[recent])) for rate in (hold.throughput, hold.goodput))
    if answered > 0 and expected < FAILING_SHARE * answered:
        return ending("failing", hold, f"for {seconds(covered)} nearly no reply was as expected")
    rate, good = leg.rate or 0.0, float(np.sum(holding.good(hold, objective)[recent])) / covered
    if expected >= FAR_BELOW * rate or good >= HOPELESS_SHARE * rate:
        return None
    tried = look(hold, leg, objective)
    because = f"for {seconds(covered)} {number(good)} of {number(rate)} requests/s were good"
    if tried is not None and tried.doubt:
        return ending("generator_limited", hold, f"{because}, and the load generator was the limit: {tried.doubt}")
    return ending("not_held", hold, because)
