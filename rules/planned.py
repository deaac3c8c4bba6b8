"""VUs planned against VUs seen: did k6 make the load that it was to make?"""

from __future__ import annotations

from dataclasses import dataclass

from rules.timeline import Timeline

CLEARLY_FEWER = 0.9
"""Of the planned VUs. A push tells of its own moment alone, so the top of a ramp is seen a little too low."""
CLEARLY_EARLIER = 0.95
"""Of the planned length."""


@dataclass(frozen=True)
class Shortfall:
    """Clearly fewer VUs than were planned."""

    because: str
    fault: bool
    """Whether it is k6's own doing: a run that somebody stopped merely ended early."""


def shortfall(timeline: Timeline) -> Shortfall | None:
    """Why clearly fewer VUs were seen at work than planned; None where they were not, or nobody knows the plan."""
    plan, most = timeline.plan, timeline.most_vus
    if plan is None or plan.vus is None or most is None or most >= CLEARLY_FEWER * plan.vus:
        return None
    if any(part.stop for part in plan.parts):  # enough was known, so that more were not needed
        return None
    reached = f"at {most:,} of {plan.vus:,} planned VUs"
    match plan.ended:
        case "broken":
            return Shortfall(f"k6 came to its end by its own fault {reached}", fault=True)
        case "interrupted":
            return Shortfall(f"the run was interrupted {reached}", fault=False)
        case "stopped":
            return Shortfall(f"the run was stopped, by its script or from outside, {reached}", fault=False)
        case "finished" if _early(timeline, plan.seconds):
            return Shortfall(f"the run ended early, as by a threshold that aborts it, {reached}", fault=False)
        case "finished" if (timeline.vus_ready or 0) < CLEARLY_FEWER * plan.vus:
            return Shortfall(f"k6 made {most:,} VUs of {plan.vus:,} planned ones", fault=True)
    return None  # it goes on, or all VUs were ready and had their moment between two pushes


def _early(timeline: Timeline, seconds: float | None) -> bool:
    return seconds is not None and timeline.end - timeline.start < CLEARLY_EARLIER * seconds - timeline.push_interval
