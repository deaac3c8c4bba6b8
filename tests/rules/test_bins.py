"""Bins begin and end where k6 pushed, so that each has what whole pushes brought."""

import numpy as np
import pytest

from rules import names
from rules.gridding import to_timeline
from rules.series import AnySeries, Floats, Series

START = 1000.0
GOOD = {"expected_response": "true", "status": "200"}


def of_process(brought: Floats, lag: float, push: float = 5.0, begin: float = START, **labels: str) -> list[Series]:
    """k6_vus, and replies of which each push, ``lag`` seconds after it, has ``brought`` so many; the first 50."""
    looks = begin + push * np.arange(brought.size + 1)
    replies = np.cumsum(np.concatenate([[50.0], brought]))
    return [
        Series({"__name__": names.VUS, "testid": "a", **labels}, looks, np.full(looks.size, 20.0)),
        Series({"__name__": names.HTTP_REQS, "testid": "a", **GOOD, **labels}, looks + lag, replies),
    ]


def samples(*processes: list[Series]) -> dict[str, list[AnySeries]]:
    vus, replies = zip(*processes, strict=True)
    return {names.VUS: [*vus], names.HTTP_REQS: [*replies]}


UNEVEN = np.array([40.0, 60.0, 55.0, 45.0, 70.0, 30.0] * 10)


@pytest.mark.parametrize("lag", [0.0, 0.02, 0.35, 0.97])
def test_a_bin_has_what_its_push_brought_and_nothing_of_the_next(lag: float) -> None:
    timeline = to_timeline(samples(of_process(UNEVEN, lag)), "a")
    assert timeline.goodput * 5.0 == pytest.approx(UNEVEN)
    assert (timeline.start, timeline.end) == (START, START + 300.0)


def test_of_pushes_that_are_shorter_than_a_bin_it_has_several() -> None:
    timeline = to_timeline(samples(of_process(UNEVEN, 0.6, push=1.0)), "a")
    assert timeline.goodput * 2.0 == pytest.approx(UNEVEN.reshape(-1, 2).sum(axis=1))


def test_what_is_rare_is_stamped_at_any_time_and_moves_nothing() -> None:
    told = samples(of_process(UNEVEN, 0.6))
    times = START + 5.0 * np.arange(60) + np.linspace(0.0, 4.9, 60)
    lost = {"expected_response": "false", "status": "503", "testid": "a"}
    told[names.HTTP_REQS].append(Series({"__name__": names.HTTP_REQS, **lost}, times, np.arange(1.0, 61.0)))
    assert to_timeline(told, "a").goodput * 5.0 == pytest.approx(UNEVEN)


def test_the_phase_is_that_of_most_pushes_where_processes_have_several() -> None:
    same = [of_process(UNEVEN, 0.6, instance_id=str(i)) for i in (1, 2)]
    other = of_process(np.full(59, 50.0), 0.2, begin=START + 3.0, instance_id="3")
    goodput = to_timeline(samples(other, *same), "a").goodput
    assert goodput[1:-1] * 5.0 == pytest.approx(2 * UNEVEN[1:-1] + 50.0)


def test_a_last_push_that_comes_early_makes_no_bin_that_seems_to_lack_replies() -> None:
    vus, replies = of_process(np.full(60, 50.0), 0.9)
    early = np.append(replies.times[:-1], replies.times[-1] - 0.8)
    last = np.append(replies.values[:-1], replies.values[-1] - 8.0)
    timeline = to_timeline({names.VUS: [vus], names.HTTP_REQS: [Series(replies.labels, early, last)]}, "a")
    assert timeline.goodput == pytest.approx(np.full(59, 10.0))


def test_pushes_that_were_lost_take_no_bin_beside_them() -> None:
    whole = samples(of_process(UNEVEN, 0.6))
    kept = np.delete(np.arange(61), [20, 21, 22])
    lost = {
        name: [Series(one.labels, one.times[kept], one.values[kept]) for one in group if isinstance(one, Series)]
        for name, group in whole.items()
    }
    timeline = to_timeline(lost, "a")
    assert np.flatnonzero(np.isnan(timeline.goodput)).tolist() == [19, 20, 21, 22]
    assert np.delete(timeline.goodput, [19, 20, 21, 22]) * 5.0 == pytest.approx(np.delete(UNEVEN, [19, 20, 21, 22]))


def test_the_bins_beside_a_restart_are_whole() -> None:
    vus, replies = of_process(UNEVEN, 0.6)
    values = np.where(np.arange(61) > 30, replies.values - replies.values[30], replies.values)
    shaken = replies.times + 0.02 * (-1.0) ** np.arange(61)
    goodput = to_timeline({names.VUS: [vus], names.HTTP_REQS: [Series(replies.labels, shaken, values)]}, "a").goodput
    assert np.flatnonzero(np.isnan(goodput)).tolist()[0] == 30
    assert goodput[:29] * 5.0 == pytest.approx(UNEVEN[:29], abs=1.0)


def test_vus_are_of_the_moments_in_which_replies_were_counted() -> None:
    told = samples(of_process(UNEVEN, 0.5))
    looks = told[names.VUS][0]
    told[names.VUS] = [Series(looks.labels, looks.times, 2.0 * (looks.times - START))]
    assert to_timeline(told, "a").vus[:-1] == pytest.approx(2.0 * (2.5 + 0.5 + 5.0 * np.arange(59)))
