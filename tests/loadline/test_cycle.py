"""One look at a real Prometheus after another, by clocks that are right and clocks that are not."""

from __future__ import annotations

import time

import pytest

from loadline.cycle import State, cycle, news
from rules.answer import Answer
from rules.finding import Verdict
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.timeline import Timeline
from tests.loadline.pushes import push


def nothing_spent() -> tuple[float, float]:
    """As on a machine on which judging costs nothing: however slow this one is, a run is judged at each look."""
    return 0.0, 0.0


def test_a_run_that_breaks_the_analysis_is_inconclusive_and_hides_no_other(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "odd", start, range(61))
    push(fresh_prometheus, "plain", start, range(61))

    def judge(client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        if run.testid == "odd":
            raise ZeroDivisionError("division by zero")
        return analyze(client, run)

    state = cycle(start + 400, fresh_prometheus, {}, judge)
    answers = {one.run.testid: one.answer for one in state.values()}
    assert {testid: answer.verdict for testid, answer in answers.items()} == {
        "odd": Verdict.INCONCLUSIVE,
        "plain": Verdict.SATURATED,
    }
    assert [event.rule for event in answers["odd"].events] == ["run"]
    assert answers["odd"].because == "the analysis failed on this run: ZeroDivisionError: division by zero"


def test_a_run_of_one_sample_is_there_and_grows(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    state: State = {}
    for pushes, length in ((1, 0), (2, 5)):
        push(fresh_prometheus, "a", start, range(pushes))
        state = cycle(start + 5.0 * pushes, fresh_prometheus, state, spent=nothing_spent)
        ((_, one),) = state.items()
        (event,) = one.answer.events
        assert (event.rule, event.time.timestamp()) == ("run", start)
        assert event.end is not None
        assert (event.end - event.time).total_seconds() == length


def test_a_run_without_news_is_not_judged_again(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    judged: list[str | None] = []

    def judge(client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        judged.append(run.testid)
        return analyze(client, run)

    state = cycle(start + 302, fresh_prometheus, {}, judge)
    assert cycle(start + 329, fresh_prometheus, state, judge) == state
    assert judged == ["a"]
    over = cycle(start + 331, fresh_prometheus, state, judge)
    assert cycle(start + 500, fresh_prometheus, over, judge) == over
    assert judged == ["a", "a"]


@pytest.mark.parametrize("of_cpu", [True, False])
def test_a_run_that_costs_much_to_judge_is_judged_less_often_and_at_its_end(
    fresh_prometheus: Prometheus, of_cpu: bool
) -> None:
    start = float(round(time.time()) - 600)
    spent = 0.0
    judged: list[float] = []

    def judge(client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        nonlocal spent
        spent += 0.8  # 20 s at 4 % of a core, or 4 s of asking at 20 % of the time
        judged.append(run.end - start)
        return analyze(client, run)

    def counted() -> tuple[float, float]:
        return (spent, 0.0) if of_cpu else (0.0, 5 * spent)

    state: State = {}
    for pushes in range(10, 21):
        push(fresh_prometheus, "a", start, range(pushes))
        now = start + 5.0 * (pushes - 1)
        state = cycle(now, fresh_prometheus, state, judge, now - 5.0, counted)
        ((_, one),) = state.items()
        assert (one.run.end, one.over) == (now, False)
    assert judged == [45.0, 65.0, 85.0]
    state = cycle(start + 131.0, fresh_prometheus, state, judge, start + 126.0, counted)
    assert judged[3:] == [95.0]
    assert [one.answer.window.end.timestamp() - start for one in state.values()] == [95.0]
    cycle(start + 200.0, fresh_prometheus, state, judge, start + 195.0, counted)
    assert len(judged) == 4


def test_a_run_whose_clock_is_behind_is_running_while_its_samples_come(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    behind = 40.0
    state: State = {}
    for pushed in (17, 18, 19):
        push(fresh_prometheus, "a", start, range(pushed))
        state = cycle(start + 5.0 * (pushed - 1) + behind, fresh_prometheus, state)
    ((_, one),) = state.items()
    assert not one.over
    for silent, over in ((30.0, False), (31.0, True)):
        state = cycle(start + 5.0 * 18 + behind + silent, fresh_prometheus, state)
        assert [one.over for one in state.values()] == [over]


@pytest.mark.parametrize(("off", "said"), [(-300.0, "300 s behind"), (-61.0, "61 s behind"), (-60.0, ""), (60.0, "")])
def test_a_clock_that_is_off_by_minutes_is_said_once_and_the_run_followed(
    fresh_prometheus: Prometheus, off: float, said: str
) -> None:
    start = float(round(time.time()) - 900)
    state: State = {}
    told: list[str] = []
    for pushed in (17, 18, 19):
        push(fresh_prometheus, "a", start, range(pushed))
        before, state = state, cycle(start + 5.0 * (pushed - 1) - off, fresh_prometheus, state)
        told += news(before, state)
    assert [one.over for one in state.values()] == [False]
    clocks = [line for line in told if "clock" in line]
    expected = f"a: k6's clock is {said} this machine's; times are k6's. Set both by NTP"
    assert clocks == ([expected] if said else [])


def test_a_run_whose_clock_is_ahead_is_seen_to_its_end_and_over_in_time(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    now = start + 300 - 400.0
    state = cycle(now, fresh_prometheus, {})
    ((_, one),) = state.items()
    assert (one.run.end, one.over) == (start + 300, False)
    assert list(news({}, state))[1] == (
        "a: k6's clock is 400 s ahead of this machine's; times are k6's. Set both by NTP"
    )
    for silent, over in ((30.0, False), (31.0, True)):
        state = cycle(now + silent, fresh_prometheus, state)
        assert [one.over for one in state.values()] == [over]
