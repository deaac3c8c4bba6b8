"""compose/k6/load.sh with a real k6: Prometheus is told of it while it lives, and signals end it as they end k6."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from loadline.bench import Bench
from loadline.stack import binaries, process
from tests.compose.shells import EACH, K6
from tests.compose.stack import ROOT
from tests.real import start_sample_api, wait_for

STOPPED_BY_A_SIGNAL: Final = 105
KILLED: Final = 128 + signal.SIGKILL


@contextmanager
def _loading(
    shell: list[str], bench: Bench, testid: str, duration: str = "60s"
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The script as it loads a server, and where it tells Prometheus whom to scrape."""
    targets = bench.folder / "targets"
    targets.mkdir(exist_ok=True)
    hosts = bench.folder / "hosts"
    hosts.write_text(f"127.0.0.1\thost.docker.internal\n127.0.0.1\t{platform.node()}\n")
    env = {
        "PATH": f"{binaries.find('k6').parent}:/usr/bin:/bin",
        "TARGET_URL": start_sample_api(bench, "--workers", "2", "--service-ms", "20"),
        "VUS": "1",
        "DURATION": duration,
        "TESTID": testid,
        "API_PORT": str(process.free_port()),
        "RUNS": str(bench.folder),
        "SCRIPTS": str(ROOT / "k6"),
        "HOSTS_FILE": str(hosts),
        "K6_PROMETHEUS_RW_SERVER_URL": "http://127.0.0.1:1/api/v1/write",
        "K6_NO_USAGE_REPORT": "true",
    }
    command = [*shell, str(K6 / "load.sh")]
    with (bench.folder / "load.log").open("ab") as log:
        load = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield load, targets / f"k6-{testid}.json"
    finally:
        if load.poll() is None:
            os.killpg(load.pid, signal.SIGKILL)
            load.wait(10)


def _k6(load: subprocess.Popen[bytes]) -> psutil.Process:
    """The k6 that loads, once it does."""

    def found() -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):  # one that looked at the settings, and is gone
            children = psutil.Process(load.pid).children(recursive=True)
            return [one for one in children if "--address" in " ".join(one.cmdline())]
        return []

    wait_for(lambda: any(one.net_connections("tcp") for one in found()), "k6 at work")
    return found()[0]


@EACH
def test_prometheus_is_to_scrape_it_while_it_runs_and_a_signal_ends_it_once(shell: list[str], bench: Bench) -> None:
    with _loading(shell, bench, "by:hand") as (load, told):
        k6 = _k6(load)
        (one,) = json.loads(told.read_text())
        assert one["labels"] == {"job": "k6", "testid": "by:hand"}
        assert one["targets"][0] in k6.cmdline()
        load.send_signal(signal.SIGTERM)
        assert load.wait(20) == STOPPED_BY_A_SIGNAL
        assert not told.exists()
        assert not k6.is_running()


@EACH
def test_it_ends_by_itself_and_is_no_target_any_more(shell: list[str], bench: Bench) -> None:
    with _loading(shell, bench, "short", duration="5s") as (load, told):
        wait_for(told.exists, "target")
        assert load.wait(30) == 0
        assert not told.exists()


@EACH
def test_one_that_is_killed_stays_a_target_until_another_runs(shell: list[str], bench: Bench) -> None:
    with _loading(shell, bench, "killed") as (load, left):
        _k6(load).kill()
        assert load.wait(20) == KILLED
        assert left.exists()
    with _loading(shell, bench, "living") as (load, told):
        _k6(load)
        assert told.exists()
        assert not left.exists()
        with _loading(shell, bench, "beside") as (other, _):
            _k6(other)
            assert told.exists()  # no run takes away what is at work
