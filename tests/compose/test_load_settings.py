"""compose/k6: what a load's settings may be, and what Prometheus is told of them. By the shell; no engine is needed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.compose.shells import K6, SHELLS

GATEWAY = "172.17.0.1"
GOOD = "http://10.0.1.12:8080/boards"


@pytest.fixture(params=SHELLS, ids=lambda shell: Path(shell[0]).name)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """The image of k6 has busybox's, Debian dash."""
    command: list[str] = request.param
    return command


def _run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=10, check=False, env={"PATH": "/usr/bin:/bin", **env}
    )


def _in_targets(shell: list[str], script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """``script`` where compose/k6 was read."""
    (folder / "targets").mkdir(exist_ok=True)
    (folder / "hosts").write_text(
        f"127.0.0.1\tlocalhost\nfd00::1\thost.docker.internal\n{GATEWAY}\thost.docker.internal\n"
    )
    read = f"set -eu; . {K6}/checks.sh; . {K6}/targets.sh; {script}"
    given = {"folder": str(folder), "hosts": f"{folder}/hosts", "gateway": "host.docker.internal", **env}
    return _run([*shell, "-c", read], given)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"TARGET_URL": ""}, "TARGET_URL is not set: say what to test"),
        ({"TARGET_URL": "localhost:8080/boards"}, "has no scheme: write http://localhost:8080/boards"),
        ({"TARGET_URL": "ftp://10.0.1.12/"}, "TARGET_URL=ftp://10.0.1.12/ is no URL"),
        ({"TARGET_URL": "http://"}, "is no URL"),
        ({"TARGET_URL": "http://10.0.1.12/a b"}, "is no URL"),
        ({"TARGET_URL": "http://10.0.1.12/\nhttp://x"}, "is no URL"),
        ({"TARGET_URL": "http://[::1]:8080/"}, "write localhost in place of [::1]"),
        ({"SERVER_METRICS": "10.0.1.12"}, "SERVER_METRICS: 10.0.1.12 is no HOST:PORT"),
        ({"SERVER_METRICS": 'a:1,b"c:9101'}, 'SERVER_METRICS: b"c:9101 is no HOST:PORT'),
        ({"VUS": "0"}, "VUS=0 is no whole number"),
        ({"VUS": "many"}, "VUS=many is no whole number"),
        ({"VUS": "999999"}, "VUS=999999 need a connection each"),
        ({"DURATION": "10"}, "DURATION=10 is no duration"),
        ({"THINK_TIME": "1s"}, "THINK_TIME=1s is no number of seconds"),
        ({"K6_PROMETHEUS_RW_PUSH_INTERVAL": "fast"}, "PUSH_INTERVAL=fast is no duration"),
        ({"TESTID": "my test"}, "TESTID=my test cannot be a testid"),
    ],
)
def test_a_wrong_setting_is_one_line_and_ends_with_2(shell: list[str], env: dict[str, str], said: str) -> None:
    limited = ["sh", "-c", 'ulimit -n 1000; exec "$@"', "-", *shell, str(K6 / "load.sh")]
    done = _run(limited, {"TARGET_URL": GOOD, "VUS": "100", **env})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("loadline: ")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"TARGET_URL": ""}, "TARGET_URL is not set"),
        ({"TARGET_URL": GOOD, "PROBE_RATE": "0.5"}, "PROBE_RATE=0.5 is no whole number from 1 to 999"),
        ({"TARGET_URL": GOOD, "PROBE_DURATION": "1d"}, "PROBE_DURATION=1d is no duration"),
    ],
)
def test_a_wrong_setting_of_the_probe_is_one_line_too(shell: list[str], env: dict[str, str], said: str) -> None:
    done = _run([*shell, str(K6 / "probe.sh")], env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("loadline: ")
    assert said in done.stderr


def test_all_mistakes_are_told_at_once_and_no_password(shell: list[str]) -> None:
    done = _run([*shell, str(K6 / "load.sh")], {"TARGET_URL": "http://ann:secret@", "VUS": "x", "DURATION": "soon"})
    assert [word in done.stderr for word in ("TARGET_URL", "VUS=x", "DURATION=soon", "secret")] == [True] * 3 + [False]


@pytest.mark.parametrize(
    "url",
    [
        GOOD,
        "https://api.example.com",
        "http://ann:pw@a_b-c.d:1/?x=1#y",
        "http://[fd00::2]:8080/boards",
        "http://localhost",
    ],
)
def test_a_good_url_is_taken(shell: list[str], tmp_path: Path, url: str) -> None:
    done = _in_targets(shell, "check_settings", tmp_path, TARGET_URL=url, VUS="10")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("http://localhost:8080/", {"localhost": GATEWAY}),
        ("https://me:pw@127.0.0.1/x", {"127.0.0.1": GATEWAY}),
        ("http://0.0.0.0:1", {"0.0.0.0": GATEWAY}),  # noqa: S104
        ("http://localhost.example.com/", {}),
        ("http://[fd00::2]:8080/", {}),
        (GOOD, {}),
    ],
)
def test_a_name_of_this_machine_leads_to_it_and_no_other(
    shell: list[str], tmp_path: Path, url: str, names: dict[str, str]
) -> None:
    done = _in_targets(shell, "local_names", tmp_path, TARGET_URL=url)
    assert json.loads(done.stdout) == names


def test_an_engine_without_a_gateway_is_said(shell: list[str], tmp_path: Path) -> None:
    done = _in_targets(shell, "gateway=absent.example; local_names", tmp_path, TARGET_URL="http://localhost/")
    assert done.returncode == 1
    assert "name the target by its address in your network" in done.stderr


@pytest.mark.parametrize(
    ("url", "servers", "role", "scraped"),
    [
        (GOOD, "", "generator", []),
        (GOOD, "10.0.1.12:9101,[fd00::2]:9101", "generator", ["10.0.1.12:9101", "[fd00::2]:9101"]),
        ("http://localhost:8080/", "localhost:9101", "both", ["host.docker.internal:9101"]),
        ("http://sample-api:8080/boards", "", "both", []),
        ("http://host.docker.internal/", "", "both", []),
    ],
)
def test_prometheus_is_told_which_machine_is_what(
    shell: list[str], tmp_path: Path, url: str, servers: str, role: str, scraped: list[str]
) -> None:
    done = _in_targets(shell, "write_targets", tmp_path, TARGET_URL=url, SERVER_METRICS=servers)
    assert done.returncode == 0, done.stderr
    (own,) = json.loads((tmp_path / "targets/exporter.json").read_text())
    assert own == {"targets": ["exporter:9101"], "labels": {"job": "exporter", "role": role}}
    told = json.loads((tmp_path / "targets/servers.json").read_text())
    assert [one["targets"] for one in told] == [[target] for target in scraped]
    assert all(one["labels"] == {"job": "exporter", "role": "server"} for one in told)


def test_what_ran_once_is_not_run_again(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "done").write_text("on 2026-11-25 at 14:16:41 UTC\n")
    done = _run([*shell, str(K6 / "load.sh")], {"TARGET_URL": GOOD, "ONCE": str(tmp_path / "done")})
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "this ran already, on 2026-11-25 at 14")
