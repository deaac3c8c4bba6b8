from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from exporter.background import Background

DEADLINE = 10.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Question:
    """Answers 1, 2, 3, …; may be told to fail, or to hang until it is let go."""

    def __init__(self) -> None:
        self.count = 0
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()
        self.ended = threading.Semaphore(0)

    def __call__(self) -> int:
        self.count += 1
        answer = self.count
        assert self.go.wait(DEADLINE)
        try:
            if self.error:
                raise self.error
            return answer
        finally:
            self.ended.release()


def made(question: Callable[[], int], clock: Clock, patience: float = DEADLINE) -> Background[int]:
    return Background(question, refresh=10, keep=60, patience=patience, clock=clock)


def until(condition: Callable[[], bool]) -> None:
    """The thread puts its answer down a moment after the question ended."""
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("it never came true")


def test_the_first_answer_is_waited_for_and_serves_until_it_is_old() -> None:
    question, clock = Question(), Clock()
    background = made(question, clock)
    assert background.get() == 1
    clock.now = 9.9
    assert background.get() == 1
    assert question.count == 1
    clock.now = 10
    background.get()
    until(lambda: background.get() == 2)
    assert question.count == 2


def test_a_question_that_hangs_is_asked_once_and_the_old_answer_serves_until_it_is_too_old() -> None:
    question, clock = Question(), Clock()
    background = made(question, clock)
    assert background.get() == 1
    question.go.clear()
    for clock.now in (10, 30, 60):
        assert background.get() == 1
    assert question.count == 2
    clock.now = 61
    with pytest.raises(TimeoutError, match="no answer for 51 s"):
        background.get()
    question.go.set()
    until(lambda: question.ended.acquire(blocking=False))


def test_a_failure_is_told_where_nothing_good_is_known_and_again_each_time() -> None:
    question, clock = Question(), Clock()
    question.error = OSError("no engine")
    background = made(question, clock)
    for _ in range(2):
        with pytest.raises(OSError, match="no engine"):
            background.get()
    assert question.count == 1
    question.error, clock.now = None, 10
    assert background.get() == 2


def test_a_failure_is_told_once_the_last_good_answer_is_too_old() -> None:
    question, clock = Question(), Clock()
    background = made(question, clock)
    assert background.get() == 1
    question.error, clock.now = OSError("no engine"), 59
    assert background.get() == 1
    question.ended.acquire(timeout=DEADLINE)
    question.ended.acquire(timeout=DEADLINE)
    clock.now = 61
    until(lambda: fails(background))


def fails(background: Background[int]) -> bool:
    try:
        background.get()
    except OSError as error:
        return str(error) == "no engine"
    return False


def test_the_first_answer_is_not_waited_for_longer_than_asked() -> None:
    question, clock = Question(), Clock()
    question.go.clear()
    with pytest.raises(TimeoutError):
        made(question, clock, patience=0.05).get()
    question.go.set()
    assert question.ended.acquire(timeout=DEADLINE)
