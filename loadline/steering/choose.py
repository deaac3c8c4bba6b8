"""Which course a run takes, by its options."""

from __future__ import annotations

from functools import lru_cache, partial

from loadline import limits
from loadline.options import TUTORIAL_DURATION, TUTORIAL_VUS, RunOptions
from loadline.steering.auto import AutoCourse
from loadline.steering.confirming import Confirming
from loadline.steering.course import Course, Leg
from loadline.steering.fixed import Fixed, Rule, never
from loadline.steering.most_vus import default_max_vus
from rules.answer import Plan
from rules.durations import go_seconds
from rules.parts import RAMP
from rules.stopping import Asked, decide
from rules.wording import number


def course_of(options: RunOptions) -> Course:
    """The course of one load test."""
    rule: Rule = never if options.full else partial(decide, asked=Asked(scaler_reaction=options.scaler_reaction))
    course: Course
    if options.finds_its_range:
        course = AutoCourse(options.think_seconds, _most_vus(options), options.max_rate, rule)
    else:
        course = Fixed(_only_leg(options), rule)
    return Confirming(course, options.objective, _most_vus(options)) if options.confirm else course


def intent(options: RunOptions, plan: Plan) -> str:
    """How many VUs there are to be, in words."""
    if options.finds_its_range:
        rate = "" if options.max_rate is None else f" and never more than {number(options.max_rate)} requests/s"
        return f"as many VUs as it takes, {_most_vus(options):,} at most{rate}"
    return f"up to {plan.max_vus or 0:,} VUs"


def _only_leg(options: RunOptions) -> Leg:
    """The ramp that was asked for; without a name where it is all there is."""
    if not options.confirm:
        return Leg()
    vus = options.vus if isinstance(options.vus, int) else TUTORIAL_VUS
    return Leg(name=RAMP, vus=vus, seconds=go_seconds(options.duration or TUTORIAL_DURATION))


@lru_cache(maxsize=1)
def _most_vus(options: RunOptions) -> int:
    """The machine is looked at once for a run, so that what is said of it is what is done."""
    if options.max_vus is not None:
        return options.max_vus
    here = limits.for_vus()
    return default_max_vus(here.available_bytes, here.ports)
