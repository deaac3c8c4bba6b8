"""Named processes: real ones, started here."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import psutil
import pytest

from exporter.collectors.process import ProcessCollector, in_turn
from exporter.collectors.process_option import read_group
from exporter.collectors.process_table import SCAN_SECONDS, Tracked
from tests.real import wait_for

TAG = f"tag-{uuid.uuid4()}"
BUSY = "import sys; sum(range(3_000_000)); print(1, flush=True); sys.stdin.read()"
BECOMING = f"""\
import os, sys
print(1, flush=True)
sys.stdin.readline()
os.execv(sys.executable, [sys.executable, "-c", {BUSY!r}, sys.argv[1][::-1]])
"""

WORKING = """\
import sys
print(1, flush=True)
for line in sys.stdin:
    sum(range(3_000_000)); print(1, flush=True)
"""

Key = tuple[str, ...]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def running(*arguments: str, code: str = BUSY) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has used some CPU, with ``arguments`` in its command line, until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        if process.stdin is not None:
            process.stdin.close()


def seen(collector: ProcessCollector) -> dict[Key, float]:
    """Value by short name and labels beside the group's."""
    return {
        (sample.name.removeprefix("namedprocess_namegroup_"), *sample.labels.values()): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def cpu(found: dict[Key, float], group: str = "api") -> float:
    return found["cpu_seconds_total", group, "user"] + found["cpu_seconds_total", group, "system"]


def test_processes_of_a_group_are_added_up() -> None:
    with running(TAG), running(TAG):
        found = seen(ProcessCollector([read_group(f"api={TAG}")]))
    assert found["num_procs", "api"] == 2
    assert found["num_threads", "api"] == 2
    assert found["memory_bytes", "api", "resident"] > 5_000_000
    assert cpu(found) > 0.01
    assert found["open_filedesc", "api"] >= 6
    assert 0 < found["worst_fd_ratio", "api"] < 1


def test_a_group_without_processes_says_so_and_nothing_else() -> None:
    assert seen(ProcessCollector([read_group(f"api={TAG}")])) == {("num_procs", "api"): 0}


def test_cpu_is_counted_once() -> None:
    collector = ProcessCollector([read_group(f"api={TAG}")])
    with running(TAG):
        first, *later = (cpu(seen(collector)) for _ in range(10))
    assert later[-1] < 2 * first  # it waits for its input meanwhile


def test_the_cpu_of_a_process_that_ended_stays_in_its_group() -> None:
    collector = ProcessCollector([read_group(f"api={TAG}")])
    with running(TAG), running(TAG):
        both = cpu(seen(collector))
        with running(TAG):
            three = cpu(seen(collector))
        after = seen(collector)
    assert after["num_procs", "api"] == 2
    assert cpu(after) >= three > both


def test_the_exporter_itself_is_not_what_its_own_option_names() -> None:
    with running("exporter", "--process", f"api={TAG}"):
        assert seen(ProcessCollector([read_group(f"api={TAG}")])) == {("num_procs", "api"): 0}


def test_the_first_pattern_that_fits_decides_and_one_name_may_have_two() -> None:
    groups = [read_group(f"api={TAG} a"), read_group(f"api={TAG} b"), read_group(f"rest={TAG}")]
    with running(TAG, "a"), running(TAG, "b"), running(TAG, "c"):
        found = seen(ProcessCollector(groups))
    assert (found["num_procs", "api"], found["num_procs", "rest"]) == (2, 1)


def test_a_process_that_becomes_another_program_is_found_at_the_next_look() -> None:
    clock = Clock()
    collector = ProcessCollector([read_group(f"api={TAG}")], clock=clock)
    with running(TAG[::-1], code=BECOMING) as process:
        assert seen(collector)["num_procs", "api"] == 0
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        assert seen(collector)["num_procs", "api"] == 0
        clock.now += SCAN_SECONDS
        assert seen(collector)["num_procs", "api"] == 1


def test_a_process_that_ends_between_listing_and_reading_is_left_out() -> None:
    collector = ProcessCollector([read_group(f"api={TAG}")])
    with running(TAG) as process:
        assert seen(collector)["num_procs", "api"] == 1
        process.kill()
        wait_for(lambda: seen(collector)["num_procs", "api"] == 0, "end")
        assert ("memory_bytes", "api", "resident") not in seen(collector)


def work(process: subprocess.Popen[bytes]) -> float:
    """Have it use some CPU; the seconds of all its CPU then."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    process.stdout.readline()
    times = psutil.Process(process.pid).cpu_times()
    return times.user + times.system


def test_of_more_processes_than_a_scrape_may_read_again_the_totals_are_whole_and_the_news_comes_in_turn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    collector = ProcessCollector([read_group(f"api={TAG}")], most=1)
    with running(TAG, code=WORKING) as one, running(TAG, code=WORKING) as two, running(TAG, code=WORKING) as three:
        found = [seen(collector)]
        used = sum(work(process) for process in (one, two, three))
        found += [seen(collector) for _ in range(3)]
        three.kill()
        wait_for(lambda: seen(collector)["num_procs", "api"] == 2, "end of one")
        after = seen(collector)
    assert [look["num_procs", "api"] for look in found] == [3, 3, 3, 3]
    assert [look["num_threads", "api"] for look in found] == [3, 3, 3, 3]
    assert found[0]["memory_bytes", "api", "resident"] > 10_000_000
    told = [cpu(look) for look in found]
    assert all(later >= earlier + 0.02 for earlier, later in pairwise(told))
    assert told[-1] == pytest.approx(used, abs=0.03)
    assert cpu(after) >= told[-1]
    assert [record.getMessage() for record in caplog.records] == [
        "collector process: 3 processes fit --process, of which a scrape reads 1 anew; the others are told as they "
        "were up to 2 scrape(s) before"
    ]


def test_a_scrape_reads_again_those_that_were_read_longest_ago_and_whoever_is_new() -> None:
    tracked = [Tracked("api", psutil.Process()) for _ in range(7)]
    turns = []
    for scrape in range(1, 5):
        turn = in_turn(tracked[: 5 if scrape < 4 else 7], 2)
        for one in turn:
            one.read_at = scrape
        turns.append([tracked.index(one) for one in turn])
    assert turns == [[0, 1, 2, 3, 4], [0, 1], [2, 3], [5, 6, 4, 0]]


@pytest.mark.parametrize("text", ["k6", "=k6", "k6=", " = ", ""])
def test_what_is_not_name_and_pattern_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write for example api=gunicorn"):
        read_group(text)


def test_a_pattern_that_is_no_expression_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'\*' is not a regular expression: nothing to repeat"):
        read_group("k6=*")
