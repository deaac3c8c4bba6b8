"""A run cut back to what it was is as if it had never gone on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.earlier import until
from rules.judge import judge
from rules.timeline import Credits, Gap, Host, Requests, Resource, Span, Timeline
from tests.timelines import START, STEP, ramp


def rich() -> Timeline:
    """Something of all that a Timeline may hold, of 160 bins: as many as its durations have boundaries."""
    run = ramp(seconds=800.0)
    each = np.arange(run.vus.size, dtype=float)
    host = Host("a:9100", "server", each, each, resources={"disk": Resource(each)}, credits=Credits(each, each))
    return replace(
        run,
        hosts=(host,),
        by_name={"a": Requests(1.0, each, each, run.durations)},
        gaps=(Gap(START + 100, START + 110), Gap(START + 700, START + 710)),
        resets=(START + 100, START + 700),
        parts=(Span("ramp", START, START + 800),),
        holds=(run,),
        probes=(run,),
    )


def test_it_ends_where_it_is_cut() -> None:
    run = until(rich(), START + 403.0)
    assert run.end == START + 400.0
    assert run.vus.shape == run.goodput.shape == run.times.shape == (80,)
    assert (len(run.gaps), run.resets, run.parts, run.holds, run.probes) == (1, (START + 100,), (), (), ())
    uncut = until(rich(), START + 800.0)
    assert (uncut.parts, uncut.holds, uncut.probes) == ((), (), ())


def test_all_that_is_per_bin_is_cut_and_nothing_else() -> None:
    whole = rich()
    assert whole.durations is not None
    assert whole.durations.upper.size == whole.vus.size
    run = until(whole, START + 400.0)
    host, durations, named = run.hosts[0], run.durations, run.by_name["a"]
    assert durations is not None
    assert host.credits is not None
    assert host.resources["disk"].utilisation is not None
    assert named.expected_durations is not None
    for cut in (host.cpu, host.credits.balance, host.resources["disk"].utilisation, named.goodput):
        np.testing.assert_array_equal(cut, np.arange(80.0))
    assert durations.buckets.shape == named.expected_durations.buckets.shape == (80, 160)
    assert durations.upper.shape == durations.lower.shape == (160,)


def test_what_comes_later_changes_no_answer_to_what_was() -> None:
    long, short = ramp(vus=600.0, seconds=600.0, noise=0.0), ramp(vus=300.0, seconds=300.0, noise=0.0)
    assert judge(until(long, START + 300.0)).max_throughput == judge(short).max_throughput


@pytest.mark.parametrize(("time", "bins"), [(START - 50.0, 1), (START + STEP, 1), (START + 1e6, 60)])
def test_it_is_never_empty_nor_longer_than_it_was(time: float, bins: int) -> None:
    assert until(ramp(), time).vus.size == bins
