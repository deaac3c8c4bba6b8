"""Signals at the worst moments: real signals, to this very process, in its main thread."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from loadline.interrupts import NEVER, PATIENT, SIGNALS, Interrupts


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    with Interrupts() as entered:
        yield entered


def send(number: signal.Signals = signal.SIGINT) -> None:
    """Python runs the handler before this returns."""
    signal.raise_signal(number)


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_that_ends_a_program_interrupts(interrupts: Interrupts, number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        send(number)


def test_inside_a_deferred_section_it_waits_for_the_end(interrupts: Interrupts) -> None:
    done = []

    def careful() -> None:
        with interrupts.deferred():
            send()
            done.append("what must not be torn apart")

    with pytest.raises(KeyboardInterrupt):
        careful()
    assert done == ["what must not be torn apart"]


def test_a_deferred_section_within_another_raises_at_the_end_of_the_outer(interrupts: Interrupts) -> None:
    done = []

    def careful() -> None:
        with interrupts.deferred():
            with interrupts.deferred():
                send()
            done.append("inner is over")

    with pytest.raises(KeyboardInterrupt):
        careful()
    assert done == ["inner is over"]


def test_a_deferred_section_without_a_signal_raises_nothing_and_an_error_in_it_is_kept(interrupts: Interrupts) -> None:
    def failing() -> None:
        with interrupts.deferred():
            send()
            raise ZeroDivisionError

    with interrupts.deferred():
        pass
    with pytest.raises(ZeroDivisionError):
        failing()


def test_after_the_first_a_double_press_is_borne_and_a_third_is_not(interrupts: Interrupts) -> None:
    with pytest.raises(KeyboardInterrupt):
        send()
    for _ in range(PATIENT - 1):
        send()
    with pytest.raises(KeyboardInterrupt):
        send()


def test_cleaning_up_is_never_interrupted(interrupts: Interrupts) -> None:
    interrupts.patience = NEVER
    for number in SIGNALS * 5:
        send(number)


def test_the_former_handlers_are_back_afterwards() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interrupts():
        assert all(signal.getsignal(number) not in before for number in SIGNALS)
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_signal_that_was_ignored_stays_so_as_nohup_has_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts():
            send(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
