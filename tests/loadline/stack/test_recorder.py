"""How long a Prometheus that does not answer is waited for, and what is said meanwhile."""

from __future__ import annotations

import pytest

from loadline.errors import PrometheusError
from loadline.stack.recorder import Patience
from loadline.stack.theirs import Theirs
from rules.prometheus import Prometheus
from rules.roles import Roles

NOBODY = "http://127.0.0.1:9"
TROUBLE = PrometheusError("it cannot be reached", "Check it")


class Theatre:
    """A recorder at whose address nobody is, a clock that is set, and what was said."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[str] = []
        patience = Patience(told=3.0, load=120.0, end=0.0)
        self.recorder = Theirs(Prometheus(NOBODY), "a", self.said.append, patience, lambda: self.now)

    def at(self, now: float, trouble: PrometheusError | None) -> None:
        self.now = now
        self.recorder.mind(trouble)


def test_one_look_that_failed_is_no_news() -> None:
    play = Theatre()
    for now, trouble in ((0.0, TROUBLE), (1.0, TROUBLE), (2.0, None), (4.0, TROUBLE)):
        play.at(now, trouble)
    assert play.said == []


def test_a_silence_is_told_once_when_it_begins_and_once_when_it_is_over() -> None:
    play = Theatre()
    for now in range(10, 40):
        play.at(now, TROUBLE)
    for now in range(40, 44):
        play.at(now, None)
    assert play.said == [
        "it cannot be reached; k6 goes on, and is stopped if that lasts 120 s",
        f"Prometheus at {NOBODY} records again after 30 s: a gap in the data",
    ]


def test_a_second_silence_has_all_the_patience_again() -> None:
    play = Theatre()
    for now, trouble in ((0.0, TROUBLE), (119.0, TROUBLE), (120.0, None), (121.0, TROUBLE), (240.0, TROUBLE)):
        play.at(now, trouble)
    assert len(play.said) == 3


def test_patience_ends() -> None:
    play = Theatre()
    play.at(0.0, TROUBLE)
    play.at(120.0, TROUBLE)
    with pytest.raises(PrometheusError, match=rf"^Prometheus at {NOBODY} has recorded nothing for 120 s$"):
        play.at(120.1, TROUBLE)


def test_what_it_refuses_when_the_load_is_over_can_be_asked_again_later(prometheus: Prometheus) -> None:
    recorder = Theirs(prometheus, "a", print)

    def refused() -> None:
        raise PrometheusError("too many samples")

    assert recorder.read(lambda: 7) == 7
    with pytest.raises(
        PrometheusError, match=r"^too many samples\. To answer it later: loadline analyze --testid a --"
    ):
        recorder.read(refused)


def test_the_machines_of_the_run_are_asked_for_later_too() -> None:
    recorder = Theirs(
        Prometheus(NOBODY), "a", print, Patience(told=3.0, load=120.0, end=0.0), roles=Roles('job="api"', "x=~'k 6'")
    )
    with pytest.raises(PrometheusError) as told:
        recorder.read(lambda: 7)
    assert str(told.value).endswith(
        f"loadline analyze --testid a --prometheus-url {NOBODY} --server-selector 'job=\"api\"' "
        "--generator-selector 'x=~'\"'\"'k 6'\"'\"''"
    )
