"""Machines by matchers of one's own, where the label ``role`` is missing, or on the machines of others too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from loadline.watch import Watch
from rules import names, runs
from rules.answer import Answer
from rules.answers import AnswerStore
from rules.finding import Verdict
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.reading import read
from rules.roles import BY_LABEL, Roles
from rules.runs import Run
from rules.series import AnySeries, Series
from rules.signals.host import ANY_ROLE, GENERATOR, SERVER, cpu_ratio
from rules.signals.signal import where
from tests.real import loadline
from tests.simulator import Hosts, Load, Scenario, Server, Service, simulate
from tests.simulator.remote_write import send

OURS = {"team": "boards"}
MINE = Roles('team="boards",tier="api"', 'team="boards",tier="k6"')
TIERS = {names.ROLE_SERVER: "api", names.ROLE_GENERATOR: "k6"}
SCENARIO = Scenario(
    Load(((0.0, 1.0), (120.0, 600.0), (240.0, 600.0)), think=1.0),
    Server(4, Service(0.02, 1.0)),
    hosts=Hosts(server_cpu_at_full=0.97),
    name="shared",
)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Prometheus, Run]]:
    """A run whose machines have a team and a tier, and no role; a machine of others has one, and is full."""
    run = simulate(SCENARIO, 1)
    run = run.shifted(time.time() - run.end - 1.0)

    def as_a_team_writes_it(one: AnySeries) -> AnySeries:
        role = one.labels.get(names.ROLE)
        if role is None:
            return one
        kept = {name: value for name, value in one.labels.items() if name != names.ROLE}
        return replace(one, labels={**kept, **OURS, "tier": TIERS[role]})

    times = np.arange(run.start - 60.0, run.end + 1.0, 5.0)
    theirs = {names.INSTANCE: "theirs:9100", names.JOB: "node", names.ROLE: names.ROLE_SERVER, names.CPU: "0"}
    part = np.where(times < run.start + 60.0, 0.1, 0.999)  # fills up about when the load does
    used = np.concatenate([[0.0], np.cumsum(5.0 * part)[:-1]])
    idle = {"__name__": names.NODE_CPU, **theirs, names.MODE: "idle"}
    with Bench() as bench:
        # It scrapes nothing: else this machine were one of the run's as soon as it is seen twice.
        client = stack.start(binaries.obtain("prometheus"), bench.folder, [], bench.interrupts, bench.adopt)
        alien = Series(idle, times, times - times[0] - used)
        send([*map(as_a_team_writes_it, run.series()), alien], f"{client.url}/api/v1/write")
        (found,) = runs.find(client, where(testid=run.testid), run.start - 1, run.end + 1)
        yield client, found


def test_a_machine_of_others_is_read_by_its_role_and_by_matchers_it_is_not(shared: tuple[Prometheus, Run]) -> None:
    client, run = shared
    by_role = analyze(client, run)[0]
    assert [(one.instance, one.role) for one in by_role.machines] == [("theirs:9100", names.ROLE_SERVER)]
    assert by_role.selectors is None
    answer = analyze(client, replace(run, roles=MINE))[0]
    assert {one.role for one in answer.machines} == {names.ROLE_SERVER, names.ROLE_GENERATOR}
    assert answer.verdict is Verdict.SATURATED
    assert answer.bottleneck is not None
    assert answer.bottleneck.resource == "cpu"
    assert answer.bottleneck.instance != "theirs:9100"
    assert answer.generator.verdict == "ok"
    assert answer.generator.cpu_ratio is not None


def test_the_answer_holds_the_matchers_and_its_queries_ask_by_them(shared: tuple[Prometheus, Run]) -> None:
    client, run = shared
    answer = Answer.from_json(analyze(client, replace(run, roles=MINE))[0].to_json())
    assert answer.selectors is not None
    assert (answer.selectors.server, answer.selectors.generator) == (MINE.server, MINE.generator)
    generator = next(one for one in answer.findings if one.rule == "generator")
    assert generator.query == cpu_ratio("1m", MINE.generator or "")
    assert client.instant(generator.query, run.end)


def test_the_command_line_and_the_watcher_take_them(shared: tuple[Prometheus, Run], tmp_path: Path) -> None:
    client, run = shared
    chosen = ("--server-selector", f"{{{MINE.server}}}", "--generator-selector", MINE.generator or "")
    store = ("--prometheus-url", client.url, "--store", str(tmp_path))
    done = loadline("analyze", "--testid", run.testid or "", *chosen, *store, "--format", "json")
    told = Answer.from_json(done.stdout)
    watch = Watch(client, AnswerStore(tmp_path / "watched"), str, roles=MINE)
    watch.step()
    (watched,) = watch.answers()
    for answer in (told, watched):
        assert answer.selectors is not None
        assert answer.selectors.server == MINE.server
        assert {one.role for one in answer.machines} == {names.ROLE_SERVER, names.ROLE_GENERATOR}


@pytest.mark.parametrize("bound", [10**9, 0], ids=["raw", "summed"])
def test_who_is_found_by_both_is_both(shared: tuple[Prometheus, Run], bound: int) -> None:
    client, run = shared
    for roles in (Roles('tier="api"', 'team="boards"'), Roles('team="boards"', 'tier=~"api|k6"')):
        hosts = read(client, replace(run, roles=roles), bound).hosts
        assert len(hosts) == 2
        told = {host.role for host in hosts}
        assert told == ({names.ROLE_BOTH, names.ROLE_GENERATOR} if roles.server == 'tier="api"' else {names.ROLE_BOTH})
        assert all(np.nanmax(host.cpu) > 0.0 for host in hosts)


def test_what_is_not_given_stays_the_labels() -> None:
    asked: list[str] = []

    def ask(hosts: str) -> list[AnySeries]:
        asked.append(hosts)
        return []

    for roles in (BY_LABEL, Roles(server='a="b"'), Roles(generator='a="b"')):
        assert roles.asked(ask) == []
    assert asked == [ANY_ROLE, 'a="b"', GENERATOR, SERVER, 'a="b"']
    assert Roles(server='a="b"').resolved(f"x{{{SERVER}}} + y{{{GENERATOR}}}") == f'x{{a="b"}} + y{{{GENERATOR}}}'
    assert BY_LABEL.resolved(None) is None
