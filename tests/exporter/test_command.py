from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import requests
from click.testing import CliRunner

from exporter.catalogue import CATALOGUE
from loadline.commands.exporter import exporter
from tests.exporter.conftest import Serving
from tests.exporter.fake_host import PROC, SYS, collectors

COMMAND: Final = [sys.executable, "-m", "loadline", "exporter", "--listen", "127.0.0.1:0"]
ALONE: Final = [*COMMAND, "--node-exporter", "none"]


@contextmanager
def running(*command: str, environ: Mapping[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The exporter and the URL of its metrics; ended at the end."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stderr is not None
        said = ""
        while (line := process.stderr.readline()) and not line.startswith("listening on "):
            said += line
        assert line, said
        process.said = said  # type: ignore[attr-defined]
        try:
            yield process, line.removeprefix("listening on ").strip()
        finally:
            process.terminate()


def collectors_on(text: str) -> set[str]:
    return set(re.findall(r'collector_success\{collector="(\w+)"\}', text))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_what_it_leaves_out_and_ends_with_0(number: signal.Signals) -> None:
    with running(*ALONE, "--no-collector.memory", "--no-collector.conntrack") as (process, url):
        text = requests.get(url, timeout=10).text
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        said = process.stderr.read().splitlines()
    assert "INFO collector process is left out: no process was named by --process NAME=PATTERN" in said
    assert all(" is left out: " in line for line in said)  # and what else this machine has none of
    assert collectors_on(text) == {line.name for line in CATALOGUE} - {"memory", "conntrack", "process"}


def test_everything_can_be_said_by_the_environment_too() -> None:
    environ = {
        "LOADLINE_EXPORTER_LISTEN": "127.0.0.1:0",
        "LOADLINE_EXPORTER_NODE_EXPORTER": "none",
        "LOADLINE_EXPORTER_COLLECTOR_MEMORY": "false",
        "LOADLINE_EXPORTER_PATH_PROCFS": str(PROC),
        "LOADLINE_EXPORTER_PATH_SYSFS": str(SYS),
        "LOADLINE_EXPORTER_COLLECTOR_NETWORK_DEVICE_EXCLUDE": "^(lo|docker0)$",
    }
    with running(sys.executable, "-m", "loadline", "exporter", environ=environ) as (_, url):
        text = requests.get(url, timeout=10).text
    assert "memory" not in collectors_on(text)
    assert "node_load1 3.47" in text
    assert set(re.findall(r'node_network_receive_bytes_total\{device="(\w+)"\}', text)) == {"ens5", "ens6"}


def test_processes_named_by_the_environment_are_separated_by_spaces() -> None:
    environ = {"LOADLINE_EXPORTER_PROCESS": r"tests=pytest nobody=no\sbody"}
    with running(*ALONE, environ=environ) as (_, url):
        text = requests.get(url, timeout=10).text
    assert 'namedprocess_namegroup_num_procs{groupname="nobody"} 0.0' in text
    assert 'namedprocess_namegroup_num_procs{groupname="tests"}' in text


def test_what_a_node_exporter_reports_is_left_to_it_and_said_once(serving: Serving) -> None:
    address = serving(collectors()).removeprefix("http://")
    with running(*COMMAND, "--node-exporter", address, "--collector.load") as (process, url):
        on = collectors_on(requests.get(url, timeout=10).text)
        page = requests.get(url.removesuffix("metrics"), timeout=10).text
    assert on == {line.name for line in CATALOGUE if not line.of_node_exporter} - {"process"} | {"load"}
    said = process.said  # type: ignore[attr-defined]
    assert said.startswith(f"INFO node_exporter answers on {address}, so these are left to it: cpu, memory, disk, ")
    assert said.count("node_exporter answers on") == 1
    assert f"<td>cpu</td><td>off</td><td>left to the node_exporter on {address}</td>" in page


def test_a_file_of_proc_that_hangs_costs_the_scrape_its_own_collector_alone(tmp_path: Path) -> None:
    proc = tmp_path / "proc"
    shutil.copytree(PROC, proc)
    (proc / "loadavg").unlink()
    os.mkfifo(proc / "loadavg")  # to open it waits for a writer
    with running(*ALONE, "--path.procfs", str(proc), "--deadline", "0.5") as (process, url):
        replies = [requests.get(url, timeout=10) for _ in range(20)]
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert max(reply.elapsed.total_seconds() for reply in replies) < 3
    for reply in replies:
        assert 'collector_success{collector="load"} 0.0' in reply.text
        assert 'collector_success{collector="self"} 1.0' in reply.text
        assert "node_procs_running 2.0" in reply.text
    threads = {re.search(r"process_open_fds (\S+)", reply.text)[1] for reply in replies[10:]}  # type: ignore[index]
    assert len(threads) == 1


def test_help_has_a_flag_pair_for_each_collector_and_examples() -> None:
    shown = CliRunner().invoke(exporter, ["--help"]).output
    for line in CATALOGUE:
        assert f"--collector.{line.name} / --no-collector.{line.name}" in shown
    assert "loadline exporter --listen 10.0.1.12:9101" in shown
    assert "--process NAME=PATTERN" in shown


def refusal(*arguments: str) -> str:
    """The one line of a command that refuses its arguments, with exit code 2."""
    ran = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    return ran.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--collector.network.device-exclude", "(eth"], "is not a regular expression"),
        (["--process", "k6"], "is not NAME=PATTERN"),
        (["--process", "k6=["], "is not a regular expression"),
        (["--collector.teapot"], "No such option"),
        (["--deadline", "0"], "--deadline"),
        (["--path.procfs", "/nowhere"], "does not exist"),
        (["--listen", "here"], "write HOST:PORT"),
        (["--node-exporter", "here"], "write HOST:PORT"),
        (["--web.config.file", "/nowhere/web.yml"], "/nowhere/web.yml cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_starts(arguments: list[str], says: str) -> None:
    said = refusal(*arguments)
    assert says in said.replace("\n", " ")
    assert "Traceback" not in said


def test_every_mistake_of_a_web_configuration_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "web.yml"
    file.write_text("tls_server_config: {cert_file: a.pem, min_version: TLS10}\nbasic_auth_users: {ann: secret}\n")
    said = refusal("--web.config.file", str(file))
    for place in ("tls_server_config.key_file", "tls_server_config.min_version", "basic_auth_users.ann"):
        assert place in said
    assert "secret" not in said


def test_a_port_in_use_is_a_usage_error_of_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = refusal("--listen", address)
    assert f"cannot listen on {address}: Address already in use; choose another" in said
    assert said.count("\n") == 1
