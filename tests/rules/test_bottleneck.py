"""The resource that was built to run out is named; where none was, none is."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from rules.finding import Finding, Outcome
from rules.judge import judge as judge_all
from rules.timeline import Resource, Timeline
from tests.machines import DEMAND, IDLE, PAST_KNEE, RUN, after_knee, asked, load, named, server
from tests.timelines import ramp, with_failures, with_host


def forecast(finding: Finding) -> float:
    """The rate in requests/s that the finding says the resource would allow."""
    found = re.search(r"(?:would allow|full at about) ([\d,.]+)/s", finding.because)
    assert found, finding.because
    return float(found[1].replace(",", ""))


def test_a_cpu_that_fills_up_with_the_load_is_the_bottleneck_and_its_forecast_stands_beside_the_plateau() -> None:
    finding, told = asked(server(RUN, load(RUN)))
    assert told is not None
    assert (told.resource, told.instance) == ("cpu", "10.0.1.12:9100")
    assert told.utilisation == pytest.approx(0.97, abs=0.005)
    assert (finding.verdict, finding.limit, finding.unit) == (Outcome.OK, 0.92, "ratio")
    assert finding.measured == told.utilisation
    assert forecast(finding) == pytest.approx((1 - IDLE) / DEMAND, rel=0.01)
    assert "the plateau is 99.8/s" in finding.because
    assert "97 % on the plateau, from " in told.because


def test_the_answer_to_the_run_has_it() -> None:
    answer = judge_all(server(RUN, load(RUN)))
    assert answer.bottleneck is not None
    assert answer.bottleneck.resource == "cpu"


def test_before_the_knee_light_load_forecasts_what_the_cpu_will_allow() -> None:
    below = ramp(capacity=100, vus=60)
    finding, told = asked(server(below, load(below)))
    assert told is None
    assert finding.verdict is Outcome.OK
    assert "did not reach" in finding.because
    assert forecast(finding) == pytest.approx((1 - IDLE) / DEMAND, rel=0.02)


def test_before_the_knee_what_has_no_utilisation_is_not_said_to_be_at_some() -> None:
    below = ramp(capacity=100, vus=60)
    errors_alone = {"accept queue": Resource(errors=np.zeros(below.vus.size))}
    finding, told = asked(server(below, np.nan, resources=errors_alone))
    assert told is None
    assert finding.because == "the run did not reach the server's limit"


def test_a_cpu_far_from_full_is_not_the_limit_and_its_forecast_says_so() -> None:
    finding, told = asked(server(RUN, load(RUN, 0.004)))
    assert told is not None
    assert (told.resource, told.instance, told.utilisation) == ("unwatched", None, None)
    assert finding.verdict is Outcome.WARNING
    assert forecast(finding) == pytest.approx(0.98 / 0.004, rel=0.01)
    assert "so the limit is not the CPU" in finding.because
    assert "a lock, a connection pool" in finding.because


def test_a_request_that_costs_more_under_load_is_said_to() -> None:
    spinning = np.where(PAST_KNEE, 0.97, load(RUN, 0.004))
    finding, told = asked(server(RUN, spinning))
    assert told is not None
    assert told.resource == "cpu"
    assert "costs more of it under load" in finding.because


def test_a_cpu_that_was_as_busy_before_the_load_is_not_blamed_on_it() -> None:
    finding, told = asked(with_host(RUN, "server", 0.97))
    assert told is not None
    assert told.resource == "unwatched"
    assert "something else uses it" in finding.because


def test_time_that_the_hypervisor_took_is_named_apart() -> None:
    finding, told = asked(server(RUN, load(RUN), steal=0.004 * RUN.goodput))
    assert told is not None
    assert told.resource == "cpu steal"
    assert "took 40 % of it" in told.because
    assert finding.advice is not None
    assert "credits" in finding.advice
    assert named(server(RUN, load(RUN), steal=np.full(RUN.vus.size, 0.02))) == "cpu"


def test_one_full_core_beside_idle_ones_is_a_server_of_one_thread() -> None:
    one = 0.0098 * RUN.goodput
    assert named(server(RUN, one / 4 + 0.01, core=one)) == "cpu core"
    wandering, _ = asked(server(RUN, one / 4 + 0.01))
    assert "one core of 4" in wandering.because
    assert named(server(RUN, 0.8 * one, core=one)) == "unwatched"  # the others are nearly as busy


def test_a_cpu_short_of_its_limit_counts_where_tasks_wait_for_it() -> None:
    busy = load(RUN, 0.0083)
    assert named(server(RUN, busy, resources={"cpu": Resource(saturation=after_knee(0.85))})) == "cpu"
    assert named(server(RUN, busy, resources={"cpu": Resource(saturation=after_knee(0.6))})) == "unwatched"
    assert named(server(RUN, 0.5 * busy, resources={"cpu": Resource(saturation=after_knee(0.9))})) == "unwatched"


def test_a_cpu_short_of_its_limit_counts_where_the_utilisation_law_foretold_the_plateau() -> None:
    slumps = np.where(PAST_KNEE & (np.arange(RUN.vus.size) % 4 == 0), 0.6, load(RUN))  # a pause drags the mean down
    finding, told = asked(server(RUN, slumps))
    assert told is not None
    assert told.resource == "cpu"
    assert told.utilisation == pytest.approx(0.88, abs=0.01)
    assert forecast(finding) == pytest.approx(103, rel=0.02)


@pytest.mark.parametrize(
    ("resource", "one"),
    [
        ("network", Resource(0.0095 * RUN.goodput)),
        ("disk", Resource(0.0099 * RUN.goodput)),
        ("conntrack", Resource(0.0097 * RUN.goodput)),
        ("file descriptors", Resource(0.0097 * RUN.goodput)),
        ("process file descriptors", Resource(0.0097 * RUN.goodput, of="api")),
        ("ephemeral ports", Resource(0.0095 * RUN.goodput)),
        ("accept queue", Resource(errors=after_knee(20.0))),
        ("network", Resource(errors=after_knee(20.0, before=0.1))),
        ("tcp retransmits", Resource(errors=after_knee(20.0, before=0.1))),
        ("memory", Resource(0.9 + 0 * RUN.vus, saturation=after_knee(0.4))),
        ("container memory", Resource(0.0097 * RUN.goodput, saturation=after_knee(0.4), of="api")),
        ("container memory", Resource(0.0097 * RUN.goodput, errors=after_knee(200.0), of="api")),
        ("memory", Resource(0.9 + 0 * RUN.vus, errors=after_knee(200.0))),
    ],
)
def test_what_runs_out_while_the_cpu_is_free_is_named(resource: str, one: Resource) -> None:
    finding, told = asked(server(RUN, load(RUN, 0.003), resources={resource: one}))
    assert told is not None
    assert (told.resource, told.instance) == (resource, "10.0.1.12:9100")
    assert finding.measured is not None
    assert finding.limit is not None
    assert finding.measured >= finding.limit
    assert finding.advice
    assert finding.query
    assert 'role=~"server|both"' in finding.query


@pytest.mark.parametrize(
    ("resource", "one"),
    [
        ("network", Resource(errors=np.full(RUN.vus.size, 5.0))),  # broadcasts that nobody wanted, load or not
        ("accept queue", Resource(errors=after_knee(0.5))),  # one in two hundred requests
        ("tcp retransmits", Resource(errors=0.02 * RUN.goodput)),  # a share of all traffic
        ("memory", Resource(np.full(RUN.vus.size, 0.99))),  # a cache that uses what is free
        ("container memory", Resource(0.0099 * RUN.goodput, of="api")),  # a heap that grows to what it may have
        ("container memory", Resource(0.0085 * RUN.goodput, saturation=after_knee(0.4), of="api")),  # others wait
        ("memory", Resource(0.5 + 0 * RUN.vus, errors=after_knee(20.0))),  # a program that starts: 0.2 for each request
        ("disk", Resource(np.full(RUN.vus.size, 0.97))),  # a backup
        ("disk", Resource(0.003 * RUN.goodput, saturation=after_knee(0.9))),
        ("ports", Resource(0.01 * RUN.goodput)),  # the server closes connections: TIME_WAIT costs it nothing
    ],
)
def test_what_does_not_begin_with_the_load_or_is_no_limit_is_not_named(resource: str, one: Resource) -> None:
    assert named(server(RUN, load(RUN, 0.003), resources={resource: one})) == "unwatched"


def test_ports_of_a_machine_that_k6_runs_on_too_are_k6s_as_well_and_tell_nothing() -> None:
    full = {"ephemeral ports": Resource(0.0095 * RUN.goodput)}
    assert named(server(RUN, load(RUN, 0.003), role="both", resources=full)) == "unwatched"


def test_what_is_held_for_long_after_a_request_is_not_foretold_by_the_utilisation_law() -> None:
    lagging = np.where(PAST_KNEE, 0.95, 0.002 * RUN.goodput)
    finding, told = asked(server(RUN, load(RUN, 0.003), resources={"ephemeral ports": Resource(lagging)}))
    assert told is not None
    assert told.resource == "ephemeral ports"
    assert "would allow" not in finding.because


def test_an_accept_queue_that_overflows_because_the_cpu_is_full_is_the_cpus_doing() -> None:
    assert named(server(RUN, load(RUN), resources={"accept queue": Resource(errors=after_knee(20.0))})) == "cpu"


def test_of_several_servers_the_fullest_is_named() -> None:
    run = server(server(RUN, load(RUN, 0.003), name="web:9100"), load(RUN), name="database:9100")
    _, told = asked(run)
    assert told is not None
    assert told.instance == "database:9100"


def test_a_shared_machine_is_said_to_be_shared() -> None:
    finding, told = asked(server(RUN, load(RUN), role="both"))
    assert told is not None
    assert told.resource == "cpu"
    assert "server and load generator share this machine" in finding.because
    assert "share this machine" not in asked(server(RUN, load(RUN)))[0].because


def test_a_shared_machine_that_nobody_saw_under_light_load_may_be_filled_by_others() -> None:
    unseen = np.where(PAST_KNEE, load(RUN), np.nan)
    assert named(server(RUN, unseen)) == "cpu"
    finding, told = asked(server(RUN, unseen, role="both"))
    assert told is not None
    assert told.resource == "unwatched"
    assert "nobody saw the CPU under light load" in finding.because


def test_but_nobody_else_fills_the_limit_of_one_process() -> None:
    files = {"process file descriptors": Resource(np.where(PAST_KNEE, 0.99, np.nan), of="api")}
    assert named(server(RUN, load(RUN, 0.003), role="both", resources=files)) == "process file descriptors"


@pytest.mark.parametrize("run", [RUN, with_host(RUN, "generator", 0.3)], ids=["no host", "only the generator"])
def test_without_a_watched_server_it_is_unknown_with_advice(run: Timeline) -> None:
    finding, told = asked(run)
    assert told is None
    assert finding.verdict is Outcome.UNKNOWN
    assert finding.advice is not None
    assert "--server HOST:PORT" in finding.advice


def test_a_generator_that_was_the_limit_leaves_a_forecast_and_no_bottleneck() -> None:
    finding, told = asked(server(with_host(RUN, "generator", 0.97), load(RUN, 0.004)))
    assert told is None
    assert "the load generator was the limit" in finding.because
    assert forecast(finding) == pytest.approx(0.98 / 0.004, rel=0.01)


@pytest.mark.parametrize("run", [with_failures(RUN, 0.97, "500"), replace(RUN, vus=RUN.vus * 5)])
def test_without_useful_work_or_sound_data_there_is_no_bottleneck_though_the_cpu_is_full(run: Timeline) -> None:
    run = server(run, load(RUN))
    finding, told = asked(run)
    assert told is None
    assert finding.verdict is Outcome.UNKNOWN
    assert "no useful work" in finding.because
