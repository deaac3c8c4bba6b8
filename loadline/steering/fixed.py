"""The course of a run whose load is planned whole: one leg, which may end as soon as its answer is known."""

from __future__ import annotations

from collections.abc import Callable

from loadline.steering.course import Leg, Look
from rules.answer import Answer
from rules.parts import Stop
from rules.timeline import Timeline

Rule = Callable[[Timeline, Answer], Stop | None]


def never(_timeline: Timeline, _answer: Answer) -> Stop | None:
    """The Rule of a run that goes through its whole plan."""
    return None


class Fixed:
    """``leg`` and nothing else, until ``rule`` stops it."""

    def __init__(self, leg: Leg, rule: Rule = never) -> None:
        self._leg = leg
        self._rule = rule

    def begin(self) -> Leg:
        """See Course."""
        return self._leg

    def decide(self, _leg: Leg, look: Look) -> Stop | None:
        """See Course."""
        return self._rule(look.main, look.answer) if look.main is not None and look.answer is not None else None

    def then(self, _leg: Leg, _look: Look, _stop: Stop | None) -> Leg | None:
        """See Course."""
        return None
