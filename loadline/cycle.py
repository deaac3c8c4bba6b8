"""One look at Prometheus: the runs that are live or ended recently, each with its answer so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from loadline.text import one_line
from rules import clocks, runs
from rules.answer import Answer
from rules.errors import LoadlineError
from rules.finding import Verdict, Window
from rules.judge import analyze, run_event
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.signals.signal import LIVE_SECONDS
from rules.timeline import Timeline
from rules.wording import moment

SLOWEST_PUSH_SECONDS: Final = LIVE_SECONDS / 2
JUDGING_SHARE: Final = 0.04
"""Of a core, for all runs together. A run of ten minutes needs a hundredth; one of many hours is judged less often."""
ASKING_SHARE: Final = 0.2
"""Of the time: watching must not become a load of its own on Prometheus."""
LONGEST_AWAY_SECONDS: Final = 86400.0
"""How far back runs are looked for where the last look was long ago, as after Prometheus was away."""
VERDICT_EVENT: Final = "verdict"

Key = tuple[str | None, float]
Judge = Callable[[Prometheus, Run], tuple[Answer, Timeline | None]]
Spent = Callable[[], tuple[float, float]]
"""Seconds of CPU and of time so far."""


def spent_here() -> tuple[float, float]:
    """Of this thread."""
    return time.thread_time(), time.monotonic()


@dataclass(frozen=True)
class Watched:
    """A run and what is known of it. ``over`` once it has been silent for LIVE_SECONDS; it may still go on."""

    run: Run
    answer: Answer
    over: bool
    seen: float
    """When its newest sample came, by our clock; unix seconds."""
    ahead: float = 0.0
    """Seconds by which its samples are stamped ahead of our clock when they come, where that is too much."""
    judged: float | None = None
    """The end of the run as it was when the answer was made, in unix seconds; it goes on while that costs much."""
    due: float = 0.0
    """While the run goes on it is not judged again before this, by our clock."""

    @property
    def key(self) -> Key:
        return self.run.testid, self.run.start

    @property
    def name(self) -> str:
        return self.run.testid or "untagged run"


State = dict[Key, Watched]


def cycle(
    now: float,
    client: Prometheus,
    state: State,
    judge: Judge = analyze,
    looked: float | None = None,
    spent: Spent = spent_here,
) -> State:
    """The runs with a sample since RECENT_SECONDS before the last look, judged again where there is news of them.

    ``now`` is our clock, and ``looked`` what it was at the last look, in unix seconds. Changes nothing but what it
    returns. Raises PrometheusError.
    """
    since = min(now, max(now - LONGEST_AWAY_SECONDS, now if looked is None else looked))
    recent = runs.recent(client, now, now - since + runs.RECENT_SECONDS)
    known = {}
    for run in recent:
        previous = state.get((run.testid, run.start))
        seen, ahead = _seen(now, since, run, previous)
        over = now - seen > LIVE_SECONDS
        if previous and previous.over == over and (previous.judged == run.end or (now < previous.due and not over)):
            one = replace(previous, run=run, seen=seen, ahead=ahead)
        else:
            before = spent()
            answer = _so_far(_answer(client, run, judge), over)
            cpu, asking = (after - begun for after, begun in zip(spent(), before, strict=True))
            due = now + len(recent) * max(cpu / JUDGING_SHARE, asking / ASKING_SHARE)
            one = Watched(run, answer, over, seen, ahead, run.end, due)
        known[one.key] = one
    return known


def news(before: State, after: State) -> Iterator[str]:
    """A line for each run that appeared, changed its verdict, came to its end, or has another clock."""
    for key, one in after.items():
        previous = before.get(key)
        if one.over:
            if previous is None or not previous.over or previous.answer != one.answer:
                yield f"{one.name}: {one_line(one.answer)}"
        elif previous is None:
            yield f"{one.name}: running since {moment(one.run.start):%Y-%m-%d %H:%M:%S} UTC"
        elif previous.answer.verdict is not one.answer.verdict:
            yield f"{one.name}: so far {one_line(one.answer)}"
        if one.ahead and not (previous and previous.ahead):
            which = "ahead of" if one.ahead > 0 else "behind"
            yield (
                f"{one.name}: k6's clock is {abs(one.ahead):.0f} s {which} this machine's; times are k6's. "
                "Set both by NTP"
            )


def _seen(now: float, since: float, run: Run, previous: Watched | None) -> tuple[float, float]:
    """When the newest sample of ``run`` came by our clock, and by how much it is stamped ahead of that.

    One that is new to us came between ``since`` and ``now``; where its stamp says otherwise, the clocks differ. Of a
    run that was not watched before it cannot be told yet whether it is over or its clock is behind.
    """
    if previous and run.end <= previous.run.end:
        return previous.seen, previous.ahead
    too_new, too_old = run.end - now, since - run.end if previous else 0.0
    seen = now if max(too_new, too_old) > SLOWEST_PUSH_SECONDS else min(now, run.end)
    return seen, run.end - now if max(too_new, too_old) > clocks.MOST_SECONDS else 0.0


def _answer(client: Prometheus, run: Run, judge: Judge) -> Answer:
    try:
        return judge(client, run)[0]
    except LoadlineError:
        raise
    except Exception as error:  # one run's oddity must not hide the others; it is a finding, never a pass
        because = f"the analysis failed on this run: {type(error).__name__}: {error}"
        window = Window(start=moment(run.start), end=moment(run.end))
        events = [run_event(run.testid, window)]
        return Answer(testid=run.testid, window=window, verdict=Verdict.INCONCLUSIVE, because=because, events=events)


def _so_far(answer: Answer, over: bool) -> Answer:
    """Without the event of the verdict while the run goes on: it would leave a trail of one mark a cycle."""
    if over:
        return answer
    return answer.model_copy(update={"events": [e for e in answer.events if e.rule != VERDICT_EVENT]})
