"""A row of runs: their names, what is between them, and what becomes of it when one does not come to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from loadline.conclude import Conclusion
from loadline.errors import K6Error, LoadlineError, StoreError, TargetError
from loadline.options import RunOptions
from loadline.repeat import Repetition, Steps, render, repeat
from rules.answer import Answer, Generator
from rules.repeated import repeated
from tests.rules.answers_of import answer, slo

URL = RunOptions(url="http://127.0.0.1:1/boards")


@dataclass
class Runs:
    """Runs that end as they are told to, at once."""

    endings: dict[int, Exception | KeyboardInterrupt | Conclusion] = field(default_factory=dict)
    own_name: str = "boards-now"
    seen: list[str] = field(default_factory=list)

    def one(self, options: RunOptions) -> Conclusion:
        testid = f"{options.testid or self.own_name}-{options.repetition}"
        self.seen.append(testid)
        ending = self.endings.get(options.repetition or 0)
        if isinstance(ending, BaseException):
            raise ending
        return ending or Conclusion(answer(testid), None)

    def keep(self, conclusion: Conclusion) -> None:
        self.seen.append(f"kept {conclusion.answer.testid}")

    def rest(self) -> None:
        self.seen.append("rest")

    def row(self, options: RunOptions = URL, times: int = 3) -> Repetition:
        return repeat(options, times, Steps(self.one, self.keep, self.rest))


def names(answers: list[Answer]) -> list[str | None]:
    return [one.testid for one in answers]


def test_each_run_is_kept_before_the_next_and_the_server_has_a_rest_between_them() -> None:
    runs = Runs()
    done = runs.row(URL.model_copy(update={"testid": "mine"}), 2)
    assert runs.seen == ["mine-1", "kept mine-1", "rest", "mine-2", "kept mine-2"]
    assert (done.testid, names(done.answers), done.interrupted, done.failure) == (
        "mine",
        ["mine-1", "mine-2"],
        False,
        None,
    )


def test_the_name_made_from_the_first_runs_time_is_that_of_all() -> None:
    runs = Runs()
    runs.own_name = "boards-2026"
    done = runs.row(times=2)
    assert (done.testid, names(done.answers)) == ("boards-2026", ["boards-2026-1", "boards-2026-2"])


def test_ctrl_c_in_a_run_leaves_the_runs_before_it() -> None:
    cut = Conclusion(answer("boards-now-3", 400.0), None, interrupted=True)
    runs = Runs({3: cut})
    done = runs.row(times=5)
    assert names(done.answers) == ["boards-now-1", "boards-now-2"]
    assert (done.interrupted, done.cut_short) == (True, cut.answer)
    assert runs.seen[-1] == "kept boards-now-3", "its answer is in the store, but not in the mean"


def test_ctrl_c_between_two_runs_leaves_the_runs_before_it() -> None:
    runs = Runs({2: KeyboardInterrupt()})
    done = runs.row()
    assert (names(done.answers), done.interrupted, done.cut_short) == (["boards-now-1"], True, None)


@pytest.mark.parametrize(
    "ending",
    [
        lambda: TargetError("127.0.0.1:1 cannot be reached"),
        lambda: Conclusion(answer("boards-now-2"), None, failure=K6Error("k6 ended with code 107")),
    ],
)
def test_what_breaks_ends_the_row_and_is_not_lost(ending: Callable[[], Conclusion | LoadlineError]) -> None:
    done = Runs({2: ending()}).row()
    assert names(done.answers) == ["boards-now-1"]
    assert isinstance(done.failure, LoadlineError)


def test_a_full_disk_loses_no_answer() -> None:
    runs = Runs()

    def full(_: Conclusion) -> None:
        raise StoreError("answer.json cannot be written")

    done = repeat(URL, 3, Steps(runs.one, full, runs.rest))
    assert names(done.answers) == ["boards-now-1"]
    assert isinstance(done.failure, StoreError)


def test_a_row_with_a_run_whose_limit_may_be_k6s_is_at_least_what_it_is() -> None:
    doubt = answer("a-2", 402.0, slo_capacity=slo(402.0), generator=Generator(verdict="unknown"))
    said = render(repeated("a", [answer("a-1", 400.0, slo_capacity=slo(400.0)), doubt])).splitlines()
    assert said[3].startswith("  maximum throughput  at least 401 requests/s [")
    assert said[3].endswith("], as nothing tells whether k6 itself was the limit")
    assert said[4].startswith("  SLO capacity        at least 401 requests/s [")
    assert said[6] == "  a-1  saturated: 400 requests/s [396, 404]"


def test_the_row_reads_as_one_answer() -> None:
    answers = [answer(f"a-{i}", value, slo_capacity=slo(value)) for i, value in ((1, 400.0), (2, 402.0))]
    said = render(repeated("a", answers)).splitlines()
    assert said[0] == "a: 2 runs"
    assert said[1].startswith("  because the 2 runs went from 400 to 402/s; none of it is between them")
    assert said[3].startswith("  maximum throughput  401 requests/s [")
    assert said[4].startswith("  SLO capacity        401 requests/s [")
    assert said[4].endswith("], 95 % within 1.00 s")
    assert said[6:] == [
        "  a-1  saturated: 400 requests/s [396, 404]",
        "  a-2  saturated: 402 requests/s [398, 406]",
    ]
