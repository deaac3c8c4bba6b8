"""What a real k6 shows of redirects, setup(), a limit of open files and its own death, in the answer to the run."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from loadline.stack import binaries
from rules import unsent
from rules.answer import Answer, Plan
from rules.conditions import Conditions
from rules.finding import Finding
from rules.prometheus import Prometheus
from rules.series import Series
from tests.loadline.stack_scripts import script
from tests.real import loadline
from tests.site import Site, site

K6 = binaries.find("k6")

VISITS = """
import http from 'k6/http';
import { group, sleep } from 'k6';
export const options = { vus: 4, duration: '20s' };
export function setup() { for (let i = 0; i < 50; i++) http.get(`${__ENV.SITE}/login`); }
export function teardown() { http.get(`${__ENV.SITE}/logout`); }
export default function () {
  group('setup', () => http.get(`${__ENV.SITE}/old`));
  sleep(0.1);
}
"""
MANY_CONNECTIONS = """
import http from 'k6/http';
import { sleep } from 'k6';
export const options = { stages: [{ duration: '6s', target: 90 }], gracefulRampDown: '0s' };
export default function () { http.get(`${__ENV.SITE}/page`); sleep(0.5); }
"""


def finding(answer: Answer, rule: str) -> Finding:
    return next(one for one in answer.findings if one.rule == rule)


def conditions(answer: Answer) -> Conditions:
    assert answer.plan is not None
    assert answer.plan.conditions is not None
    return answer.plan.conditions


def without_conditions(answer: Answer) -> Plan | None:
    return answer.plan and answer.plan.model_copy(update={"conditions": None})


def run(
    folder: Path, client: Prometheus, *arguments: str, k6: Path = K6, **env: str
) -> tuple[Answer, subprocess.CompletedProcess[str]]:
    """The answer of ``loadline run`` with a k6 of one's own, into the session's Prometheus."""
    where_to = ("--prometheus-url", client.url, "--store", str(folder / "store"), "--format", "json")
    done = loadline("run", *arguments, *where_to, env={"LOADLINE_K6": str(k6), **env})
    return Answer.from_json(done.stdout), done


@pytest.fixture(scope="module")
def visits(prometheus: Prometheus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Site]:
    """A script that logs in in setup() and visits a page by two redirects, in a group that is called setup too."""
    folder = tmp_path_factory.mktemp("visits")
    (folder / "visits.js").write_text(VISITS)
    with site() as pages:
        answer, _ = run(folder, prometheus, "--script", str(folder / "visits.js"), "--testid", "visits", SITE=pages.url)
        return answer, pages


def test_each_hop_is_counted_and_declared(visits: tuple[Answer, Site]) -> None:
    answer, pages = visits
    assert answer.requests is not None
    hops = pages.served["/old"] + pages.served["/older"]
    assert answer.requests.redirects == pytest.approx(hops, rel=0.1)
    assert answer.requests.count == pytest.approx(hops * 1.5, rel=0.1)
    assert answer.requests.per_iteration == 3.0
    assert "were redirects (67 %), and goodput counts each hop" in finding(answer, "endpoints").because


def test_setup_and_teardown_are_no_load_and_a_group_of_that_name_is(visits: tuple[Answer, Site]) -> None:
    answer, pages = visits
    assert pages.served["/login"] == 50
    assert answer.requests is not None
    assert answer.requests.setup == 51
    visited = sum(pages.served[path] for path in ("/old", "/older", "/page"))
    assert answer.requests.count == pytest.approx(visited, rel=0.1)
    assert "51 requests of setup() and teardown() are left out" in finding(answer, "endpoints").because
    assert {one.name.rpartition("/")[2] for one in answer.endpoints} == {"old", "older", "page"}


def test_a_script_that_goes_to_loopback_shares_the_machine(visits: tuple[Answer, Site]) -> None:
    answer, _ = visits
    planned = Plan(vus=4, max_vus=4, seconds=20.0, executors=["constant-vus"], local=None, ended="finished")
    assert without_conditions(answer) == planned
    told = conditions(answer)
    assert (told.target, told.method, told.think_seconds) == (None, None, None), "a script has its own"
    assert (told.script, told.script_sha256) == ("visits.js", hashlib.sha256(VISITS.encode()).hexdigest())
    assert answer.generator.shared_machine is True
    assert answer.generator.vus == 4


def test_connections_that_k6_may_not_open_are_its_own_limit(prometheus: Prometheus, tmp_path: Path) -> None:
    few_files = script(tmp_path / "k6", f'[ "$1" = run ] && ulimit -n 50\nexec {K6} "$@"')
    (tmp_path / "many.js").write_text(MANY_CONNECTIONS)
    with site() as pages:
        answer, _ = run(tmp_path, prometheus, "--script", str(tmp_path / "many.js"), k6=few_files, SITE=pages.url)
    said = finding(answer, "generator")
    assert answer.generator.verdict == "limited"
    assert answer.generator.unsent_requests is not None
    assert answer.generator.unsent_requests > 30
    assert "of the requests never left it, for want of open files" in said.because
    assert "ulimit -n" in (said.advice or "")


def test_an_address_that_cannot_be_assigned_is_known_by_k6s_words(tmp_path: Path) -> None:
    """As where no port is left, here by a source address that is not this machine's (RFC 5737)."""
    (tmp_path / "one.js").write_text(
        "import http from 'k6/http';\nexport default () => http.get('http://127.0.0.1:9/')"
    )
    samples = tmp_path / "samples.json"
    command = [str(K6), "run", "--quiet", "--no-usage-report", "--local-ips", "198.51.100.7", "-o", f"json={samples}"]
    subprocess.run([*command, "--address", "", str(tmp_path / "one.js")], capture_output=True, timeout=30, check=True)
    points = [one for line in samples.read_text().splitlines() if (one := json.loads(line))["type"] == "Point"]
    tags = [one["data"]["tags"] for one in points if one["metric"] == "http_reqs"]
    told = unsent.by_lack([Series(tags[0], np.zeros(1), np.ones(1))])
    assert told is not None
    assert list(told) == [unsent.PORTS]


def test_k6_that_is_killed_is_told_from_a_run_that_merely_ended(prometheus: Prometheus, tmp_path: Path) -> None:
    dies = script(tmp_path / "k6", f'[ "$1" = run ] || exec {K6} "$@"\nexec timeout -s KILL 12 {K6} "$@"')
    load = ("--vus", "200", "--duration", "60s", "--think-time", "500ms", "--testid", "killed")
    with site() as pages:
        answer, done = run(tmp_path, prometheus, f"{pages.url}/page", *load, k6=dies)
    assert done.returncode == 1
    assert "k6 ended with code" in done.stderr
    planned = Plan(vus=200, max_vus=200, seconds=60.0, executors=["ramping-vus"], local=True, ended="broken")
    assert without_conditions(answer) == planned
    major, minor = prometheus.build()[0] or (0, 0)
    assert conditions(answer).prometheus == f"{major}.{minor}"
    assert conditions(answer).model_copy(update={"k6": None, "prometheus": None}) == Conditions(
        target=f"{pages.url}/page", method="GET", think_seconds=0.5, loadline="0.1.0"
    )
    said = f"k6 came to its end by its own fault at {answer.generator.vus} of 200 planned VUs"
    assert said in finding(answer, "generator").because
    assert answer.generator.verdict == "limited"
    where_from = ("--testid", "killed", "--prometheus-url", prometheus.url, "--format", "json")
    again = Answer.from_json(loadline("analyze", *where_from, "--store", str(tmp_path / "store")).stdout)
    assert again.plan == answer.plan
    assert said in finding(again, "generator").because
    elsewhere = Answer.from_json(loadline("analyze", *where_from, "--store", str(tmp_path / "other")).stdout)
    assert elsewhere.plan is None
    assert elsewhere.generator.verdict != "limited"
