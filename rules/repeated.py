"""``Repeated``: several runs of one test as one answer (schema ``loadline.repeated/1``).

Its intervals are over runs: they hold what differs between runs, which the interval of a single one cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rules.answer import Answer, Interval, Objective
from rules.evened import Level, evened, words
from rules.statistics.between_runs import share_between
from rules.wording import number, share

SCHEMA: Literal["loadline.repeated/1"] = "loadline.repeated/1"


class Repeated(BaseModel):
    """The runs of one test in their order. Rates are in requests/s; unknown is null."""

    schema_: Literal["loadline.repeated/1"] = SCHEMA
    testid: str
    """What the testids of the runs begin with."""
    runs: list[str]
    because: str
    max_throughput: Interval
    slo_capacity: Interval | None = None
    limits: Objective | None = None
    """Of the SLO capacity."""
    share_between_runs: float | None = None
    """Of the runs' variance, what their own intervals do not explain, 0 to 1; null with fewer than two."""
    notes: list[str] = []
    answers: list[Answer] = []

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=lambda name: name.rstrip("_"), populate_by_name=True
    )

    def to_json(self, indent: int | None = 2) -> str:
        """One JSON object, which ``loadline compare`` reads."""
        return self.model_dump_json(by_alias=True, indent=indent)


def repeated(testid: str, answers: Sequence[Answer]) -> Repeated:
    """``answers`` as one; at least one of them."""
    top = evened(answers, lambda answer: answer.max_throughput)
    promised = [answer.slo_capacity for answer in answers if answer.slo_capacity]
    slo = evened(answers, lambda answer: answer.slo_capacity) if promised else None
    between = share_between(top.runs) if len(top.runs) > 1 else None
    return Repeated(
        testid=testid,
        runs=[answer.testid or "" for answer in answers],
        because=top.why or _because(top, between),
        max_throughput=top.interval,
        slo_capacity=slo.interval if slo else None,
        limits=promised[0].limits if promised else None,
        share_between_runs=between,
        notes=[
            *(note for note in top.notes if note not in top.contradicted),
            *(f"SLO capacity: {note}" for note in (slo.notes if slo else ()) if note not in top.notes),
        ],
        answers=list(answers),
    )


def _because(top: Level, between: float | None) -> str:
    level, values = words(top.interval), [run.value for run in top.runs]
    if top.contradicted:
        return f"{level}: the runs contradict each other, {' and '.join(top.contradicted)}"
    if not values:
        return f"{level}: no run found the limit"
    if between is None:
        return f"{level} in one run, whose interval cannot see what differs between runs"
    least, most = number(min(values)), number(max(values))
    apart = f"the {len(values)} runs went from {least} to {most}/s" if least != most else f"every run had {most}/s"
    whose = f"about {share(between)} of their variance is between the runs" if between else "none of it is between them"
    return f"{apart}; {whose}, the rest is within what each of them tells of itself"
