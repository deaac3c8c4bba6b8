"""The edge to k6: what its exit codes mean, and what the real one says of good and bad scripts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from loadline import k6
from loadline.data import data
from loadline.errors import K6Error, ScriptError
from loadline.k6 import Ending, Load
from loadline.stack import binaries
from loadline.stack.process import free_port
from rules.answer import Plan

BINARY = binaries.find("k6")


def script(folder: Path, body: str) -> Path:
    path = folder / "shop.js"
    path.write_text(body)
    return path


def run(path: Path) -> tuple[int, str]:
    """Exit code and log of a real k6, run as we run it but for the output to Prometheus."""
    command = [str(BINARY), "run", "--quiet", "--no-color", "--address", "", "--no-usage-report", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0, Ending.FINISHED),
        (99, Ending.FINISHED),
        (110, Ending.FINISHED),
        (103, Ending.STOPPED),
        (105, Ending.STOPPED),
        (108, Ending.STOPPED),
    ],
)
def test_an_exit_code_that_leaves_an_answer_is_no_error(code: int, told: Ending) -> None:
    assert k6.ending(code, 'level=error msg="thresholds on metrics were crossed"') is told


@pytest.mark.parametrize(
    ("code", "hint"),
    [(104, "Correct the script's options"), (107, "Correct the script"), (-9, "out of memory?"), (255, "Its log is")],
)
def test_a_code_of_k6s_own_fault_is_an_error_in_its_words_with_a_hint(code: int, hint: str) -> None:
    log = 'time="2026" level=error msg="no \\"db\\"\\n\\there"\nlevel=info msg="done"\n'
    with pytest.raises(K6Error) as broken:
        k6.ending(code, log)
    assert broken.value.message == f'k6 ended with code {code}: no "db" here'
    assert hint in broken.value.hint


@pytest.mark.parametrize(("log", "said"), [("", "it said nothing"), ("fatal error: x\n\n", "fatal error: x")])
def test_without_an_error_in_its_log_the_last_line_is_quoted(log: str, said: str) -> None:
    with pytest.raises(K6Error, match=f"k6 ended with code 2: {said}"):
        k6.ending(2, log)


def test_a_script_that_throws_in_setup_ends_with_107_and_its_own_message(tmp_path: Path) -> None:
    body = "export function setup() { throw new Error('no \"db\"\\nhere') }\nexport default function () {}"
    code, log = run(script(tmp_path, body))
    assert code == 107
    with pytest.raises(K6Error, match='k6 ended with code 107: Error: no "db" here at setup '):
        k6.ending(code, log)


def test_options_that_k6_refuses_end_with_104(tmp_path: Path) -> None:
    path = script(tmp_path, "export const options = { duration: 'abc' }\nexport default function () {}")
    code, log = run(path)
    assert code == 104
    with pytest.raises(K6Error, match='time: invalid duration "abc"'):
        k6.ending(code, log)
    with pytest.raises(ScriptError, match='time: invalid duration "abc"'):
        k6.inspect(BINARY, path, {})


def test_a_lost_threshold_ends_with_99_and_is_an_answer(tmp_path: Path) -> None:
    body = "export const options = { iterations: 1, thresholds: { iterations: ['count>9'] } }\n"
    code, log = run(script(tmp_path, body + "export default function () {}"))
    assert code == 99
    assert k6.ending(code, log) is Ending.FINISHED


def test_an_abort_by_the_script_itself_ends_with_108(tmp_path: Path) -> None:
    body = "import exec from 'k6/execution'\nexport default function () { exec.test.abort('enough') }"
    code, log = run(script(tmp_path, body))
    assert code == 108
    assert k6.ending(code, log) is Ending.STOPPED


def test_the_command_keeps_the_scripts_tags_because_tag_replaces_them() -> None:
    load = Load(Path("shop.js"), {"testid": "a", "team": "shop"}, api_address="127.0.0.1:6566")
    assert " ".join(k6.command(Path("k6"), load)) == (
        "k6 run --quiet --no-color --address 127.0.0.1:6566 -o experimental-prometheus-rw "
        "--tag team=shop --tag testid=a shop.js"
    )


def ramp(tmp_path: Path, **env: str) -> tuple[int, str, list[dict[str, Any]]]:
    """Exit code, log and metric samples of k6/ramp.js, run by k6 alone as its first lines say."""
    samples = tmp_path / "samples.json"
    command = [str(BINARY), "run", "--quiet", "--no-color", "--address", "", "-o", f"json={samples}"]
    command += ["--no-usage-report", str(data("k6", "ramp.js"))]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, env={"PATH": os.environ["PATH"], **env}
    )
    return done.returncode, done.stderr, [json.loads(line) for line in samples.read_text().splitlines()]


def test_the_ramp_raises_its_vus_and_writes_no_password_into_a_label(tmp_path: Path) -> None:
    url = "http://ann:secret@127.0.0.1:9/boards"
    code, _, samples = ramp(tmp_path, TARGET_URL=url, VUS="4", DURATION="2s", THINK_TIME="0.1")
    assert code == 0
    points = [one for one in samples if one["type"] == "Point"]
    names = {one["data"]["tags"]["name"] for one in points if one["metric"] == "http_reqs"}
    assert names == {"http://127.0.0.1:9/boards"}
    assert {"url", "vu", "iter", "ip"}.isdisjoint(tag for one in points for tag in one["data"]["tags"])
    assert max(one["data"]["value"] for one in points if one["metric"] == "vus") >= 2


def test_the_ramp_without_a_target_says_which_variable_is_missing(tmp_path: Path) -> None:
    code, log, _ = ramp(tmp_path, VUS="1")
    assert code == 108
    assert "TARGET_URL is not set: give the address to test, http:// or https:// included" in log


def test_the_web_dashboard_is_asked_for_on_loopback_only() -> None:
    plain = k6.environment(Load(Path("a.js"), {}), "http://h:9090")
    assert plain["K6_PROMETHEUS_RW_SERVER_URL"] == "http://h:9090/api/v1/write"
    assert "K6_WEB_DASHBOARD" not in plain
    shown = k6.environment(Load(Path("a.js"), {}, web_dashboard=True), "http://h:9090")
    assert (shown["K6_WEB_DASHBOARD"], shown["K6_WEB_DASHBOARD_HOST"]) == ("true", "127.0.0.1")


def test_inspect_reads_tags_vus_and_duration_of_a_script(tmp_path: Path) -> None:
    options = "{ tags: { team: __ENV.TEAM }, stages: [{ duration: '1m', target: 20 }], gracefulStop: '0s' }"
    path = script(tmp_path, f"export const options = {options}\nexport default function () {{}}")
    read = k6.inspect(BINARY, path, {"TEAM": "shop"})
    assert read.tags == {"team": "shop"}
    assert read.plan == Plan(vus=20, max_vus=20, seconds=60.0, executors=["ramping-vus"])


def test_why_there_was_no_reply_is_told_in_k6s_own_words_without_the_request(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    path = script(
        tmp_path, f"import http from 'k6/http'; export default () => {{ http.get('http://{address}/a?b=\"c') }}"
    )
    code, log = run(path)
    assert (code, "Request Failed" in log) == (0, True)
    assert k6.why_no_reply(log) == f"dial tcp {address}: connect: connection refused"


def test_of_several_reasons_the_most_frequent_is_told_whatever_the_local_port() -> None:
    failed = 'level=warning msg="Request Failed" error="{}"\n'
    reset = 'Get \\"http://h/\\": read tcp 10.0.0.1:{}->10.0.0.2:80: read: connection reset by \\"peer\\"'
    log = failed.format("request timeout") + "".join(failed.format(reset.format(port)) for port in (4001, 4002))
    assert k6.why_no_reply(log) == 'read tcp 10.0.0.1->10.0.0.2:80: read: connection reset by "peer"'
    assert k6.why_no_reply(failed.format("request timeout")) == "request timeout"
    assert k6.why_no_reply('level=error msg="no such thing"') == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("export default function () { http.get( }", "Line 1:40 Unexpected token }"),
        ("import x from './nope.js'", 'The moduleSpecifier "./nope.js" couldn\'t be found on local disk'),
        ("export const options = {}", "no exported functions in script"),
    ],
)
def test_a_script_that_cannot_be_read_is_told_in_k6s_own_words_on_one_line(
    tmp_path: Path, body: str, said: str
) -> None:
    path = script(tmp_path, body)
    with pytest.raises(ScriptError) as unread:
        k6.inspect(BINARY, path, {})
    assert str(unread.value).startswith(f"k6 cannot read {path}: ")
    assert said in str(unread.value)
    assert "\n" not in str(unread.value)


def test_a_script_that_is_missing_is_told_without_asking_k6(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"there is no script .*none\.js\. Check the path given to --script"):
        k6.inspect(tmp_path / "no-k6", tmp_path / "none.js", {})


def test_nobody_at_the_rest_api_means_that_nothing_is_known_to_have_ended() -> None:
    assert k6.load_ended("127.0.0.1:9") is False


def test_nobody_at_the_rest_api_takes_no_request_to_stop() -> None:
    assert k6.ask_to_stop("127.0.0.1:9") is False


def test_a_variable_that_k6s_output_would_take_for_its_own_is_emptied() -> None:
    told = k6.environment(Load(Path("a.js"), {}), "http://h:9090", {"HEADERS": "Authorization:secret", "URL": "u"})
    assert told["HEADERS"] == ""
    assert "secret" not in str(told)
    assert "HEADERS" not in k6.environment(Load(Path("a.js"), {}), "http://h:9090", {"URL": "u"})


def test_inspect_reads_the_script_with_the_variables_that_the_run_will_have(tmp_path: Path) -> None:
    options = "{ vus: __ENV.HEADERS ? 9 : Number(__ENV.N), duration: '1m' }"
    path = script(tmp_path, f"export const options = {options}\nexport default function () {{}}")
    assert k6.inspect(BINARY, path, {}, {"N": "3", "HEADERS": "A:b"}).plan.vus == 3
