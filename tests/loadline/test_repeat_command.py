"""``loadline run --repeat`` as a user types it, with a real k6; and what it says of options that do not fit."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from loadline.bench import Bench
from rules.answer import Answer
from rules.answers import AnswerStore
from rules.repeated import Repeated
from tests.loadline.started import Started, started
from tests.real import loadline, start_sample_api, wait_for


@pytest.fixture(scope="module")
def row(session_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Started:
    """Two runs of five that were due, and Ctrl-C in the pause after them.

    Of each k6 pushes at least two samples, however busy the machine is: of one alone nothing is known, not even limits.
    """
    url = start_sample_api(session_bench)
    load = ("--vus", "5", "--duration", "6s", "--think-time", "100ms", "--testid", "row", "--format", "json")
    folder = tmp_path_factory.mktemp("row") / "repeat"
    with started(folder, "run", f"{url}/boards", *load, "--repeat", "5", "--pause", "3s") as one:
        wait_for(lambda: one.err.count("3 s until the next run") == 2, "second pause", 90)
        one.process.send_signal(signal.SIGINT)
        one.process.wait(30)
    return one


def store_of(row: Started) -> AnswerStore:
    return AnswerStore(row.tmpdir.parent / "store")


def test_ctrl_c_after_two_runs_answers_with_two(row: Started) -> None:
    assert row.process.returncode == 130, row.err
    told = Repeated.model_validate_json(row.out)
    assert (told.testid, told.runs) == ("row", ["row-1", "row-2"])
    assert json.loads(row.out)["schema"] == "loadline.repeated/1"


def test_nothing_of_it_is_left_running_and_no_file_in_the_temporary_folder(row: Started) -> None:
    assert row.family() == []
    assert list(row.tmpdir.iterdir()) == []


def test_each_run_is_kept_with_its_conditions_and_found_by_the_rows_name(row: Started) -> None:
    kept = store_of(row).repeated("row")
    assert kept == [Answer.model_validate(one) for one in json.loads(row.out)["answers"]]
    conditions = [one.plan.conditions for one in kept if one.plan]
    assert conditions[0] == conditions[1]
    assert conditions[0] is not None
    assert (conditions[0].think_seconds, conditions[0].method) == (0.1, "GET")
    assert conditions[0].k6 is not None
    assert conditions[0].k6[0].isdigit()


def test_the_name_of_a_row_is_a_side_to_compare(row: Started) -> None:
    done = loadline("compare", "row-1", "row-2", "--store", str(store_of(row).root))
    assert done.returncode == 4, done.stderr
    assert done.stdout.startswith("row-2 beside row-1\n\n  cannot tell\n"), "nothing about it is not the same"
    twice = loadline("compare", "row", "row-1", "--store", str(store_of(row).root))
    assert (twice.returncode, "the run row-1 of" in twice.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--repeat", "0"), "Invalid value for '--repeat'"),
        (("--repeat", "2", "--pause", "soon"), "--pause: 'soon' is no duration: write 1s, 500ms or 1m30s"),
        (("--repeat", "2", "--pause", "-1s"), "--pause: '-1s' is no duration"),
        (("--repeat", "2", "--web-dashboard"), "--web-dashboard with --repeat: the page of one run would hold up"),
    ],
)
def test_wrong_usage_is_told_before_anything_starts(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = loadline("run", "http://127.0.0.1:1/boards", *options, "--store", str(tmp_path))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith(f"loadline: {said}")
