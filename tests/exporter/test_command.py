from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from loadline.commands.exporter import exporter

COMMAND = [sys.executable, "-c", "from loadline.commands.exporter import exporter; exporter()"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_reports_what_was_left_on_and_ends_with_0(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "--listen", "127.0.0.1:0", "--no-collector.memory"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        text = requests.get(line.removeprefix("listening on ").strip(), timeout=10).text
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
    assert 'collector_success{collector="cpu"} 1.0' in text
    assert 'collector="memory"' not in text


def test_help_has_a_flag_pair_for_each_collector_and_examples() -> None:
    shown = CliRunner().invoke(exporter, ["--help"]).output
    assert "--collector.cpu / --no-collector.cpu" in shown
    assert "--collector.memory / --no-collector.memory" in shown
    assert "loadline exporter --listen 10.0.1.12:9101" in shown


def test_a_port_in_use_is_a_usage_error_of_one_line() -> None:
    code = (
        "import sys; from loadline.commands.exporter import exporter; from loadline.errors import UsageError\n"
        "try: exporter(standalone_mode=False)\n"
        "except UsageError as error: sys.exit(f'{error.exit_code}: {error}')"
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = subprocess.run(
            [sys.executable, "-c", code, "--listen", address], capture_output=True, text=True, timeout=30, check=False
        )
    assert ran.stderr.startswith(f"2: cannot listen on {address}: Address already in use; choose another")
    assert ran.stderr.count("\n") == 1
