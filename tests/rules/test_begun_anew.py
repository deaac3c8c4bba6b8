"""One testid for two runs that follow each other at once: told apart by where k6 began anew, its clock and counts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from rules import begun_anew, names, runs
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries, Series
from rules.signals.signal import where
from tests.simulator.remote_write import send

LASTED, PUSH = 60.0, 5.0


@cache
def now() -> float:
    """When the first of these tests begins: long after they are collected, where they are many."""
    return float(np.floor(time.time()))


def wrote(testid: str, ago: float, since: float = 0.0, lasted: float = LASTED, **labels: str) -> list[Series]:
    """VUs and iterations of a process that began so many seconds ``ago``, and had ``since`` iterations then."""
    t = (now() - ago + np.arange(0.0, lasted, PUSH)).round(3)
    own = {names.TESTID: testid, **labels}
    vus = Series({"__name__": names.VUS, **own}, t, np.full(t.size, 7.0))
    ended = Series({"__name__": names.ITERATIONS, **own}, t, since + 10.0 * np.arange(1.0, t.size + 1.0))
    return [vus, ended]


class Counting(Prometheus):
    """One that counts its queries."""

    asked = 0

    def raw(self, selector: str, start: float, end: float, buckets: bool = True) -> list[AnySeries]:
        self.asked += 1
        return super().raw(selector, start, end, buckets)


def found(client: Prometheus, testid: str, *several: Sequence[Series]) -> list[Run]:
    for series in several:
        send(series, f"{client.url}/api/v1/write")
    return runs.find(client, where(testid=testid), now() - 3600, now())


def spans(several: Sequence[Run]) -> list[tuple[float, float]]:
    """Begin and end of each, in seconds before now."""
    return [(round(now() - run.start, 2), round(now() - run.end, 2)) for run in several]


def test_a_testid_that_is_used_again_at_once_gives_two_runs(prometheus: Prometheus) -> None:
    two = found(prometheus, "at-once", wrote("at-once", 300.0), wrote("at-once", 236.4))
    assert spans(two) == [(300.0, 245.0), (236.4, 181.4)]


def test_a_third_run_is_a_third(prometheus: Prometheus) -> None:
    times = (500.0, 436.4, 371.8)
    three = found(prometheus, "three-times", *(wrote("three-times", ago) for ago in times))
    assert [round(now() - run.start, 1) for run in three] == [*times]


def test_the_newer_run_may_have_other_iterations(prometheus: Prometheus) -> None:
    other = wrote("other", 236.4)
    other[1] = Series({**other[1].labels, names.SCENARIO: "b"}, other[1].times, other[1].values)
    assert len(found(prometheus, "other", wrote("other", 300.0), other)) == 2


def test_a_clock_that_was_set_ends_no_run(prometheus: Prometheus) -> None:
    assert len(found(prometheus, "set", wrote("set", 300.0), wrote("set", 239.6, since=120.0))) == 1


def test_a_clock_that_was_set_before_the_first_iteration_ended_ends_no_run(prometheus: Prometheus) -> None:
    vus, _ = wrote("set-early", 300.0)
    slow = [replace(vus, times=vus.times + np.where(vus.times > now() - 280.0, 0.4, 0.0))]
    slow += wrote("set-early", 259.6, lasted=20.0)[1:]
    assert spans(found(prometheus, "set-early", slow)) == [(300.0, 244.6)]


def test_of_a_clock_that_seems_to_change_again_and_again_counts_are_asked_for_once(prometheus: Prometheus) -> None:
    vus, ended = wrote("again", 300.0)
    found(prometheus, "again", [ended])
    shaken = replace(vus, times=vus.times + np.repeat([0.0, 0.3, 0.7, 0.2], 3))
    counting = Counting(prometheus.url)
    assert begun_anew.moments(counting, where(testid="again"), [shaken]) == []
    assert counting.asked == 1


def test_a_k6_that_was_started_again_in_step_is_one_run_as_ever(prometheus: Prometheus) -> None:
    assert len(found(prometheus, "in-step", wrote("in-step", 300.0), wrote("in-step", 240.0))) == 1


def test_a_process_beside_others_that_was_started_again_ends_no_run(prometheus: Prometheus) -> None:
    lasting = wrote("beside", 300.0, lasted=120.0, instance_id="1")
    again = [wrote("beside", ago, instance_id="2") for ago in (300.0, 236.4)]
    assert len(found(prometheus, "beside", lasting, *again)) == 1


def test_processes_and_parts_that_begin_anew_one_after_another_are_one_run_each(prometheus: Prometheus) -> None:
    first = [wrote("parts", 400.0, lasted=20.0, part="probe"), wrote("parts", 370.0, part="ramp")]
    second = [wrote("parts", 300.4, lasted=20.0, part="probe"), wrote("parts", 270.4, part="ramp")]
    two = found(prometheus, "parts", *first, *second)
    assert [[part.name for part in run.parts] for run in two] == [["probe", "ramp"], ["probe", "ramp"]]
    assert spans(two) == [(400.0, 315.0), (300.4, 215.4)]
