"""Which conditions differ between two sets of answers: named before anything that was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rules import parts
from rules.answer import Answer
from rules.comparison import Difference
from rules.conditions import Conditions
from rules.finding import Verdict
from rules.names import ROLE_BOTH, ROLE_GENERATOR, ROLE_SERVER
from rules.wording import number, seconds, share

UNKNOWN: Final = "unknown"
NONE: Final = "none"
AUTO: Final = "auto"
"""Of a run that found its own range."""
DECIDED: Final = "stopped when enough was known"
Words = Callable[[Answer], str | None]


def differences(baseline: Sequence[Answer], candidate: Sequence[Answer]) -> list[Difference]:
    """Every condition that the sides do not have in common, in the order of TOLD; runs of one side may differ too.

    What only one side tells differs as well: it may be the reason.
    """
    sides = [_judged(side) for side in (baseline, candidate)]
    found = []
    for condition, words in TOLD.items():
        one, other = (sorted({words(answer) or UNKNOWN for answer in side}) for side in sides)
        if one != other or len(one) > 1:
            found.append(Difference(condition=condition, baseline=", ".join(one), candidate=", ".join(other)))
    before, after = ({endpoint.name for answer in side for endpoint in answer.endpoints} for side in sides)
    if before and after and before != after:
        told = [", ".join(sorted(names)) or NONE for names in (before - after, after - before)]
        found.append(Difference(condition="requests of one side alone", baseline=told[0], candidate=told[1]))
    return found


def _judged(side: Sequence[Answer]) -> Sequence[Answer]:
    """Without runs that are left out, of which little is known."""
    return [answer for answer in side if answer.verdict is not Verdict.INCONCLUSIVE] or side


def _of(field: str, words: Callable[[float], str] | None = None) -> Words:
    """One of Conditions."""

    def said(answer: Answer) -> str | None:
        known: Conditions | None = answer.plan.conditions if answer.plan else None
        value = getattr(known, field) if known else None
        return None if value is None else words(value) if words else str(value)

    return said


def _found_its_range(answer: Answer) -> bool:
    """What it then planned and when it ended is a result, not a condition."""
    return any(parts.kind(part.name) == parts.PROBE for part in answer.parts)


def _vus(answer: Answer) -> str | None:
    if _found_its_range(answer):
        return AUTO
    planned = answer.plan.vus if answer.plan else None
    return f"{planned:,}" if planned is not None else None


def _duration(answer: Answer) -> str | None:
    if _found_its_range(answer):
        return AUTO
    planned = answer.plan.seconds if answer.plan else None
    return seconds(planned) if planned is not None else None


def _ended(answer: Answer) -> str | None:
    ended = answer.plan.ended if answer.plan else None
    decided = ended == "stopped" and bool(answer.parts) and answer.parts[-1].stop is not None
    if _found_its_range(answer) and (decided or ended == "finished"):
        return AUTO
    return DECIDED if decided else ended


def _promise(answer: Answer) -> str | None:
    if answer.slo_capacity is None:
        return None
    limits = answer.slo_capacity.limits
    return f"{share(limits.objective)} within {seconds(limits.latency_seconds)}"


def _model(answer: Answer) -> str | None:
    return answer.slo_capacity.model if answer.slo_capacity else None


def _machines(*roles: str) -> Words:
    """What kind they are of; their addresses are not what they can do."""

    def said(answer: Answer) -> str | None:
        told = [
            " with ".join(
                part for part in (one.instance_type, f"{one.cores} cores" if one.cores else None) if part is not None
            )
            for one in answer.machines
            if one.role in roles
        ]
        return " + ".join(sorted(filter(None, told))) or None

    return said


def _shared(answer: Answer) -> str | None:
    together = answer.generator.shared_machine
    return None if together is None else "on the server's machine" if together else "on its own machine"


def _cores(answer: Answer) -> str | None:
    used = answer.generator.k6
    return number(used.cores) if used and used.cores is not None else None


TOLD: Final[Mapping[str, Words]] = {
    "target": _of("target"),
    "method": _of("method"),
    "script": _of("script"),
    "script's SHA-256": _of("script_sha256"),
    "think time": _of("think_seconds", seconds),
    "VUs": _vus,
    "duration": _duration,
    "end of the run": _ended,
    "latency limit": _promise,
    "model of the load": _model,
    "server's machine": _machines(ROLE_SERVER, ROLE_BOTH),
    "generator's machine": _machines(ROLE_GENERATOR, ROLE_BOTH),
    "where k6 ran": _shared,
    "cores of k6": _cores,
    "k6": _of("k6"),
    "Prometheus": _of("prometheus"),
    "Loadline": _of("loadline"),
}
"""Each condition, by the words that a reader knows it by."""
