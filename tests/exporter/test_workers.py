from __future__ import annotations

import threading
from queue import SimpleQueue

from exporter.workers import MOST_IDLE, Workers
from tests.real import wait_for

PATIENCE = 10.0


def threads() -> set[int | None]:
    return {thread.ident for thread in threading.enumerate() if thread.name == "worker"}


def test_threads_are_kept_for_the_next_jobs() -> None:
    workers, ran = Workers(), SimpleQueue[int]()
    others = threads()
    for _ in range(20):
        workers.run(lambda: ran.put(threading.get_ident()))
        assert ran.get(timeout=PATIENCE) not in others
    assert len(threads() - others) <= MOST_IDLE


def test_jobs_that_hang_keep_no_other_waiting_and_leave_few_threads_behind() -> None:
    workers, let_go, ran = Workers(), threading.Event(), SimpleQueue[int]()
    others = threads()

    def hang() -> None:
        assert let_go.wait(PATIENCE)

    for _ in range(10):
        workers.run(hang)
    workers.run(lambda: ran.put(1))
    assert ran.get(timeout=PATIENCE) == 1
    assert len(threads() - others) >= 10
    let_go.set()
    wait_for(lambda: len(threads() - others) == MOST_IDLE, "end of the others")


def test_a_thread_without_work_ends_and_a_job_that_comes_just_then_is_not_lost() -> None:
    workers, ran = Workers(idle_seconds=0.001), SimpleQueue[int]()
    others = threads()
    for number in range(300):
        workers.run(lambda number=number: ran.put(number))  # type: ignore[misc]
        assert ran.get(timeout=PATIENCE) == number
        threading.Event().wait(0.001)
    wait_for(lambda: not threads() - others, "end")
