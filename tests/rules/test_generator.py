"""Each way in which the generator can be the limit, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from rules import resources, unsent
from rules.answer import K6Usage, Plan
from rules.finding import Outcome, Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Host, K6Process, Resource, Timeline
from tests.rules.test_judge import finding
from tests.timelines import STEP, ramp

RUN = ramp(capacity=100)
WITHOUT_PULSE = replace(RUN, durations=None, expected_durations=None, blocked=None, iteration_durations=None)
SHARED = "server and load generator share this machine"


def host(role: str, cpu: float = 0.3, used: Mapping[str, float] | None = None, cores: int = 4) -> Host:
    level = np.full(RUN.vus.size, cpu)
    told = {name: Resource(np.full(RUN.vus.size, share)) for name, share in (used or {}).items()}
    return Host(f"{role}:9100", role, level, level, cores=cores, resources=told)


def process(cpu: float, cores: float = 2.0, files: float = 300.0, limit: float = 20_000.0) -> K6Process:
    def still(value: float) -> Floats:
        return np.full(RUN.vus.size, value)

    return K6Process("127.0.0.1:6565", still(cpu), still(cores), still(2e8), still(files), still(limit))


def not_sent(run: Timeline, share: float, what: str) -> Timeline:
    """``share`` of all requests never left, for want of ``what``: goodput as before, and failures beside it."""
    lost = run.goodput * share / (1 - share)
    count = float(lost.sum()) * STEP
    return replace(
        run,
        throughput=run.goodput + lost,
        failures_by_status={"0": lost},
        totals={**run.totals, "0": count},
        failed_totals={"0": count},
        unsent={what: lost},
    )


def because(run: Timeline) -> str:
    return finding(judge(run), "generator").because


@pytest.mark.parametrize("counted", [True, False], ids=["iterations counted", "requests alone"])
def test_iterations_dropped_for_want_of_vus_are_its_limit_where_requests_alone_are_counted_too(counted: bool) -> None:
    """100 VUs of an open load make 98 requests/s, and the rate that is due goes on to rise."""
    users = np.minimum(RUN.vus, 100.0)
    run = replace(WITHOUT_PULSE, vus=users, goodput=users / 1.02, throughput=users / 1.02)
    run = replace(run, iterations=run.throughput if counted else None, dropped_iterations=(RUN.vus - users) / 1.02)
    answer = judge(run)
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert "k6 dropped 44 % of its iterations" in answer.because


def test_k6_that_uses_all_cores_it_may_is_the_limit_where_no_host_is_scraped() -> None:
    answer = judge(replace(WITHOUT_PULSE, processes=(process(cpu=0.97, cores=1.0),)))
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert "k6 kept 97 % of the CPU busy that it may use" in answer.because
    assert answer.generator.cpu_ratio == pytest.approx(0.97)
    assert answer.generator.k6 == K6Usage(
        cpu_cores=0.97,
        cores=1.0,
        memory_bytes=200_000_000,
        open_files=300,
        open_files_limit=20_000,
    )


def test_k6_pinned_to_one_core_of_an_idle_machine_is_the_limit() -> None:
    pinned = replace(WITHOUT_PULSE, hosts=(host("generator", cpu=0.26),), processes=(process(cpu=0.98, cores=1.0),))
    assert judge(pinned).verdict is Verdict.GENERATOR_LIMITED


def test_k6_far_from_its_cores_is_innocent_unless_a_server_may_starve_it() -> None:
    run = replace(WITHOUT_PULSE, processes=(process(cpu=0.5),))
    answer = judge(run)
    assert (answer.verdict, answer.generator.verdict) == (Verdict.SATURATED, "ok")
    assert because(run) == "the generator kept up: k6 kept 25 % of the CPU busy that it may use"
    beside_the_server = judge(replace(run, loopback=True))
    assert beside_the_server.generator.verdict == "unknown"
    assert finding(beside_the_server, "generator").verdict is Outcome.UNKNOWN


def test_k6s_own_part_of_a_shared_machine_is_told_apart() -> None:
    run = replace(RUN, hosts=(host("both", cpu=0.8),), processes=(process(cpu=0.6), process(cpu=0.2)))
    assert "the CPU of its host, which is the server too, was at 80 % (20 % by k6)" in because(run)


@pytest.mark.parametrize(
    ("what", "advice"),
    [
        (unsent.PORTS, "Keep connections open, widen its net.ipv4.ip_local_port_range"),
        (unsent.FILES, "Raise its limit of open files (ulimit -n)."),
        (unsent.EITHER, "Raise its limit of open files (ulimit -n). Keep connections open"),
    ],
)
def test_requests_that_never_left_are_the_generators_limit(what: str, advice: str) -> None:
    answer = judge(not_sent(RUN, 0.05, what))
    said = finding(answer, "generator")
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert f"5 % of the requests never left it, for want of {what}" in said.because
    assert (said.advice or "").startswith(advice)
    assert answer.generator.unsent_requests == pytest.approx(RUN.goodput.sum() * STEP * 0.05 / 0.95, abs=1)


def test_nearly_all_requests_unsent_are_no_failing_server() -> None:
    assert judge(not_sent(RUN, 0.97, unsent.PORTS)).verdict is Verdict.GENERATOR_LIMITED


def test_a_few_that_never_left_are_a_remark() -> None:
    said = finding(judge(not_sent(RUN, 0.005, unsent.FILES)), "generator")
    assert said.verdict is Outcome.WARNING
    assert "0.5 % of the requests never left it, for want of open files" in said.because


def test_where_the_tags_do_not_tell_what_was_unsent_is_unknown_and_not_zero() -> None:
    assert judge(replace(RUN, unsent=None)).generator.unsent_requests is None
    assert judge(RUN).generator.unsent_requests == 0


@pytest.mark.parametrize(("share", "verdict"), [(0.95, Verdict.GENERATOR_LIMITED), (0.85, Verdict.SATURATED)])
def test_local_ports_that_are_nearly_all_taken_are_a_limit_that_the_pulse_does_not_clear(
    share: float, verdict: Verdict
) -> None:
    answer = judge(replace(RUN, hosts=(host("generator", used={resources.PORTS: share}),)))
    assert answer.verdict is verdict
    assert answer.generator.ports_ratio == pytest.approx(share)
    assert ("95 % of its local ports were taken" in answer.because) == (verdict is Verdict.GENERATOR_LIMITED)


def test_ports_of_a_server_or_of_a_shared_machine_are_not_the_generators_limit() -> None:
    for role in ("server", "both"):
        assert judge(replace(RUN, hosts=(host(role, used={resources.PORTS: 1.0}),))).verdict is Verdict.SATURATED


def test_files_near_their_limit_are_a_remark_as_long_as_all_could_be_opened() -> None:
    own = because(replace(RUN, processes=(process(cpu=0.5, files=1000.0, limit=1024.0),)))
    assert "98 % of the files that it may open were open" in own
    machine = because(replace(RUN, hosts=(host("generator", used={resources.FILES: 0.95}),)))
    assert "95 % of the files that it may open were open" in machine


@pytest.mark.parametrize(
    "run",
    [
        replace(RUN, hosts=(host("both"),)),
        replace(RUN, hosts=(host("both", cpu=0.97),)),
        replace(WITHOUT_PULSE, hosts=(host("both", cpu=0.97),)),
        replace(RUN, loopback=True),
        replace(WITHOUT_PULSE, loopback=True),
        replace(RUN, plan=Plan(local=True)),
        replace(not_sent(RUN, 0.05, unsent.FILES), loopback=True),
        replace(ramp(capacity=100, vus=90), plan=Plan(local=True)),
        replace(RUN, loopback=True, hosts=(host("generator"),)),
    ],
    ids=["idle", "busy", "limited", "loopback", "unknown", "plan", "unsent", "not saturated", "role of a generator"],
)
def test_a_machine_that_is_server_and_generator_is_called_so_whatever_is_found(run: Timeline) -> None:
    answer = judge(run)
    said = finding(answer, "generator").because
    assert ("which is the server too" in said) != (SHARED in said)
    assert answer.generator.shared_machine is True


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (RUN, None),
        (replace(RUN, hosts=(host("generator"),)), None),
        (replace(RUN, hosts=(host("generator"), host("server"))), False),
        (replace(RUN, plan=Plan(local=False)), False),
    ],
)
def test_machines_apart_are_not_called_one(run: Timeline, told: bool | None) -> None:
    answer = judge(run)
    assert answer.generator.shared_machine is told
    assert "server" not in finding(answer, "generator").because.replace("server too", "server")


@pytest.mark.parametrize(("status", "verdict"), [("429", "ok"), ("503", "ok"), ("500", "unknown"), ("0", "unknown")])
def test_a_system_that_turns_requests_away_clears_the_generator(status: str, verdict: str) -> None:
    """A 429 and a 503 say that too much came; another error says no such thing, and no reply may be k6's doing."""
    refused = np.maximum(0.0, RUN.vus / RUN.vus.max() - 0.2) * 100.0
    run = replace(
        WITHOUT_PULSE,
        throughput=RUN.goodput + refused,
        failures_by_status={status: refused},
        totals={**RUN.totals, status: float(refused.sum()) * STEP},
    )
    answer = judge(run)
    assert answer.verdict is Verdict.SATURATED
    assert answer.generator.verdict == verdict
    assert ("the system turned away a part of what it brought" in because(run)) is (verdict == "ok")
