"""One test several times in a row, for an interval over runs: it sees what one run cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from loadline.conclude import Conclusion
from loadline.errors import LoadlineError
from loadline.options import RunOptions
from loadline.text import one_line
from rules.answer import Answer
from rules.proof import said, slo_unproven, unproven
from rules.repeated import Repeated
from rules.wording import seconds, share


@dataclass
class Repetition:
    """The runs that came to their end, and what ended the row before its time, if anything did."""

    testid: str = ""
    """What the testids of the runs begin with."""
    answers: list[Answer] = field(default_factory=list)
    cut_short: Answer | None = None
    """To the run that Ctrl-C fell into; it is not the same test as the others, so it does not count."""
    interrupted: bool = False
    failure: LoadlineError | None = None


@dataclass(frozen=True)
class Steps:
    """What is done with a run; each may raise LoadlineError or KeyboardInterrupt."""

    run: Callable[[RunOptions], Conclusion]
    keep: Callable[[Conclusion], None]
    rest: Callable[[], None]
    """Between two runs, until the server has none of the last one's requests left."""


def repeat(options: RunOptions, times: int, steps: Steps) -> Repetition:
    """Run ``times`` times. Ctrl-C, or what breaks, ends the row; the runs before it count."""
    done = Repetition()
    try:
        for number in range(1, times + 1):
            if done.answers:
                steps.rest()
            conclusion = steps.run(options.model_copy(update={"repetition": number}))
            done.testid = (conclusion.answer.testid or "").removesuffix(f"-{number}")
            options = options.model_copy(update={"testid": done.testid or None})  # where it was made from the time
            if conclusion.interrupted:
                done.cut_short, done.interrupted = conclusion.answer, True
            elif conclusion.failure is None:
                done.answers.append(conclusion.answer)
            steps.keep(conclusion)
            if conclusion.failure or conclusion.interrupted:
                done.failure = conclusion.failure
                break
    except KeyboardInterrupt:
        done.interrupted = True
    except LoadlineError as error:
        done.failure = error
    return done


def render(told: Repeated) -> str:
    """As a person reads it; the whole of each run's answer is in its own folder."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Repeated) -> Iterator[str]:
    yield f"{told.testid}: {len(told.answers)} run{'s' if len(told.answers) > 1 else ''}"
    yield f"  because {told.because}"
    yield ""
    yield f"  maximum throughput  {said(told.max_throughput, any(map(unproven, told.answers)))}"
    if told.slo_capacity and told.limits:
        promise = f"{share(told.limits.objective)} within {seconds(told.limits.latency_seconds)}"
        capacity = said(told.slo_capacity, any(map(slo_unproven, told.answers)))
        yield f"  SLO capacity        {capacity}, {promise}"
    yield ""
    yield from (f"  {answer.testid}  {one_line(answer)}" for answer in told.answers)
    yield from (f"  note: {note}" for note in told.notes)
