"""``loadline analyze`` on a real Prometheus: which run is meant, what is not there, and what is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loadline.bench import Bench
from loadline.commands.analyze import unix
from loadline.errors import UsageError
from loadline.stack import binaries, process
from rules import names, runs
from rules.answer import Answer
from rules.finding import Verdict
from rules.prometheus import Prometheus
from rules.series import Series
from rules.signals.signal import where
from tests.grafana import PASSWORD, serving
from tests.loadline.pushes import CAPACITY, push
from tests.real import loadline, wait_for
from tests.simulator import Hosts, Load, Output, Scenario, Server, Service, simulate
from tests.simulator.altered import as_part
from tests.simulator.remote_write import send

NOW = float(round(time.time()))
FIRST, SECOND = NOW - 1500, NOW - 600
Analyze = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def twice(prometheus: Prometheus) -> Prometheus:
    """A Prometheus with two runs of 300 s under one testid, ten minutes apart."""
    for start in (FIRST, SECOND):
        push(prometheus, "twice", start, range(61))
    return prometheus


@pytest.fixture
def analyze(twice: Prometheus, tmp_path: Path) -> Analyze:
    """Runs the command there; gives code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        where_to = ("--prometheus-url", twice.url, "--store", str(tmp_path / "store"))
        done = loadline("analyze", *arguments, *where_to)
        return done.returncode, done.stdout, done.stderr

    return run


def test_two_runs_under_one_testid_are_two(twice: Prometheus) -> None:
    found = runs.find(twice, where(testid="twice"), NOW - 3600, NOW)
    assert [(run.start, run.end) for run in found] == [(FIRST, FIRST + 300), (SECOND, SECOND + 300)]


def test_the_newest_is_answered_and_the_other_is_pointed_at(analyze: Analyze) -> None:
    code, out, err = analyze("--testid", "twice", "--format", "json")
    answer = Answer.from_json(out)
    assert (code, answer.verdict) == (0, Verdict.SATURATED)
    assert answer.max_throughput.value == pytest.approx(CAPACITY, rel=0.02)
    assert answer.window.start.timestamp() == pytest.approx(SECOND, abs=5)
    assert err.splitlines()[0] == "2 runs match; this is the newest (--from and --to choose another)"


def test_times_choose_the_other_by_number_and_by_rfc_3339(analyze: Analyze) -> None:
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(SECOND - 60))
    code, out, err = analyze("--testid", "twice", "--from", f"{FIRST - 60:.0f}", "--to", until, "--format", "json")
    assert (code, "runs match" in err) == (0, False)
    assert Answer.from_json(out).window.start.timestamp() == pytest.approx(FIRST, abs=5)


def test_a_selector_finds_the_run_with_and_without_braces(analyze: Analyze) -> None:
    for selector in ('testid=~"twi.*"', '{testid=~"twi.*"}'):
        code, out, _ = analyze("--selector", selector, "--format", "json")
        assert (code, Answer.from_json(out).testid) == (0, "twice")


@pytest.mark.parametrize(("require", "code"), [("150", 0), ("250", 3)])
def test_a_gate_decides_the_code_but_fails_none_where_k6_may_have_been_the_limit(
    analyze: Analyze, require: str, code: int
) -> None:
    assert analyze("--testid", "twice", "--require-throughput", require)[0] == code


def test_a_gate_fails_where_the_generator_s_machine_was_idle(fresh_prometheus: Prometheus, tmp_path: Path) -> None:
    push(fresh_prometheus, "seen", SECOND, range(61))
    t = np.arange(SECOND - 30.0, SECOND + 330.0, 5.0)
    core = {names.CPU: "0", names.MODE: "idle", names.INSTANCE: "g:9101", names.ROLE: names.ROLE_GENERATOR}
    idle = Series({"__name__": names.NODE_CPU, **core}, t, 0.6 * (t - t[0]))
    send([idle], f"{fresh_prometheus.url}/api/v1/write")
    asked = ("--testid", "seen", "--require-throughput", "250", "--prometheus-url", fresh_prometheus.url)
    done = loadline("analyze", *asked, "--store", str(tmp_path / "store"))
    assert done.returncode == 5, done.stdout + done.stderr


def test_a_gate_beside_a_latency_limit_asks_for_what_this_run_cannot_tell(analyze: Analyze) -> None:
    assert analyze("--testid", "twice", "--require-throughput", "150", "--latency-limit", "1s")[0] == 3


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1700000000", 1.7e9),
        ("1700000000.5", 1.7e9 + 0.5),
        ("2023-11-14T22:13:20Z", 1.7e9),
        ("2023-11-15T07:13:20+09:00", 1.7e9),
        ("2023-11-14 22:13:20", 1.7e9),
    ],
)
def test_a_time_is_unix_seconds_or_rfc_3339_and_utc_without_a_zone(text: str, seconds: float) -> None:
    assert unix(text, "--from") == seconds


@pytest.mark.parametrize("text", ["noon", "nan", "inf", "-5", "1e3", "99999999999", "2026-13-01", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Write 2026-11-20T10:00:00Z"):
        unix(text, "--from")


def test_an_unknown_testid_is_told_with_those_that_are_known(analyze: Analyze, twice: Prometheus) -> None:
    code, out, err = analyze("--testid", "once")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"loadline: no run with testid 'once' in {twice.url}. Testids there: ")
    assert "twice" in err


def test_a_run_that_k6_could_not_write_is_told_with_why(bench: Bench, tmp_path: Path) -> None:
    (bench.folder / "empty.yml").write_text("")
    listen = f"127.0.0.1:{process.free_port()}"
    options = (f"--config.file={bench.folder}/empty.yml", f"--storage.tsdb.path={bench.folder}/data")
    command = [str(binaries.find("prometheus")), *options, f"--web.listen-address={listen}"]
    process.start("Prometheus", command, bench.folder / "prometheus.log", bench.interrupts, bench.adopt)
    wait_for(Prometheus(f"http://{listen}").ready, "Prometheus")
    where_to = ("--prometheus-url", f"http://{listen}", "--store", str(tmp_path / "store"))
    done = loadline("analyze", "--testid", "a", *where_to)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    lacking = "does not take remote writes. Start it with --web.enable-remote-write-receiver. Testids there: none. "
    assert f"no run with testid 'a' in http://{listen}. Prometheus at http://{listen} {lacking}" in done.stderr


@pytest.mark.parametrize(("ago", "told"), [(-60.0, True), (60.0, False)])
def test_a_run_that_may_go_on_is_answered_so_far(analyze: Analyze, twice: Prometheus, ago: float, told: bool) -> None:
    """However long it takes to get an answer: k6's clock may be ahead of ours, here it is by a minute."""
    testid = f"until-{ago:g}"
    push(twice, testid, float(round(time.time())) - 300.0 - ago, range(61))
    _, out, err = analyze("--testid", testid, "--format", "json")
    assert Answer.from_json(out).testid == testid
    assert ("if the test goes on, this is the answer so far\n" in err) is told


@pytest.mark.parametrize("testid", ['x"} or k6_vus{testid!="', "a'b{}\\two\nlines \x1b[31m"])
def test_a_hostile_testid_is_a_name_like_any_other_and_one_line(analyze: Analyze, testid: str) -> None:
    code, out, err = analyze("--testid", testid)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"loadline: no run with testid {testid!r} in ")


@pytest.mark.parametrize("selector", ['testid="', "}}"])
def test_a_selector_that_is_no_promql_is_wrong_usage_in_prometheuss_words(analyze: Analyze, selector: str) -> None:
    code, out, err = analyze("--selector", selector)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("loadline: --selector: Prometheus at ")
    assert "parse error" in err
    assert err.endswith('Write PromQL matchers, such as job="k6"\n')


def test_a_selector_or_a_time_without_a_run_is_told(analyze: Analyze) -> None:
    for arguments in (("--selector", 'job="none"'), ("--testid", "twice", "--to", "1000000000")):
        code, out, err = analyze(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "no run with " in err


def test_a_store_that_cannot_be_written_still_leaves_the_answer_on_stdout(twice: Prometheus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    where_to = ("--prometheus-url", twice.url, "--store", str(tmp_path / "file" / "store"), "--format", "json")
    done = loadline("analyze", "--testid", "twice", *where_to)
    assert done.returncode == 1
    assert Answer.from_json(done.stdout).verdict is Verdict.SATURATED
    said = done.stderr.splitlines()
    assert len(said) == 2  # the other is about the two runs
    assert said[1].startswith("loadline: ")
    assert "cannot be written: Not a directory" in said[1]


def test_a_report_that_cannot_be_written_leaves_the_answer_in_the_store(analyze: Analyze, tmp_path: Path) -> None:
    assert analyze("--testid", "twice")[0] == 0
    report = next((tmp_path / "store").glob("twice/*/report.html"))
    report.unlink()
    report.mkdir()
    report.with_name("answer.json").unlink()
    code, out, err = analyze("--testid", "twice", "--format", "json")
    assert (code, Answer.from_json(out).testid) == (1, "twice")
    assert err.splitlines()[1].startswith(f"loadline: {report} could not be written (Is a directory)")
    assert Answer.from_json(report.with_name("answer.json").read_text()) == Answer.from_json(out)


def test_it_annotates_where_asked_to_and_a_second_time_nothing_is_to_do(analyze: Analyze, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    files = ("--grafana-token-file", str(tmp_path / "token"), "--grafana-password-file", str(tmp_path / "password"))
    with serving() as server:
        asked = ("--testid", "twice", "--annotate", "--grafana-url", server.url, *files)
        said = [analyze(*asked)[2].splitlines()[-1] for _ in range(2)]
        assert said == [
            f"Grafana at {server.url}: annotations 4 created",
            f"Grafana at {server.url}: annotations up to date",
        ]
        spans = {one["tags"][-1]: (one["timeEnd"] - one["time"]) / 1000 for one in server.annotations.values()}
        assert (spans["rule:run"], spans["rule:knee"], spans["rule:verdict"]) == (300, 0, 0)
        assert 150 < spans["rule:throughput"] < 300
        assert len(server.accounts.token_names) == 1


def test_an_answer_that_cannot_be_annotated_is_printed_and_kept_all_the_same(analyze: Analyze, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("unknown")
    with serving() as server:
        asked = ("--testid", "twice", "--annotate", "--grafana-url", server.url)
        code, out, err = analyze(*asked, "--grafana-token-file", str(tmp_path / "token"))
    assert (code, out.startswith("twice: saturated")) == (1, True)
    assert err.splitlines()[-1].startswith(f"loadline: Grafana at {server.url} does not know the token in ")
    assert list((tmp_path / "store").glob("twice/*/answer.json"))


@pytest.mark.parametrize("options", [("--annotate",), ("--grafana-url", "http://h", "--grafana-token-file", "token")])
def test_annotate_and_a_grafana_go_together(analyze: Analyze, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "token").write_text("t")
    options = tuple(str(tmp_path / "token") if one == "token" else one for one in options)
    code, _, err = analyze("--testid", "twice", *options)
    assert (code, err) == (2, "loadline: --annotate and --grafana-url go together. See loadline analyze --help\n")


def test_the_report_of_a_run_in_parts_draws_its_probe_too(twice: Prometheus, analyze: Analyze, tmp_path: Path) -> None:
    end = NOW - 60.0
    for name, load in (
        ("ramp", Load(((0.0, 5.0), (60.0, 300.0)), 1.0)),
        ("probe", Load(((0.0, 1.0), (20.0, 99.0)), 1.0)),
    ):
        part = simulate(
            Scenario(load, Server(4, Service(0.04, 0.5)), output=Output(1.0), hosts=Hosts("none")), 1, "drawn"
        )
        send(as_part(part.shifted(end - part.end), name).series(), f"{twice.url}/api/v1/write")
        end -= part.end - part.start + 8.0
    answer = Answer.from_json(analyze("--testid", "drawn", "--format", "json")[1])
    assert [part.name for part in answer.parts] == ["probe", "ramp"]
    (page,) = tmp_path.rglob("report.html")
    assert page.read_text().count('class="line c3"') == 2  # its VUs, one line each
