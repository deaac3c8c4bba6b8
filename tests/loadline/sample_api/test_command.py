from __future__ import annotations

import signal
import socket

import pytest
from click.testing import CliRunner

from loadline.sample_api.command import sample_api
from tests.loadline.sample_api.conftest import RunSampleApi


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_with_clients_connected(run_sample_api: RunSampleApi, number: signal.Signals) -> None:
    api = run_sample_api("--service-ms", "60000")
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as waiting:
        waiting.sendall(b"GET /boards HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\n")
        assert api.end(number) == 0
    assert api.process.stderr is not None
    assert api.process.stderr.read() == ""


def test_it_says_the_capacity_of_its_options(run_sample_api: RunSampleApi) -> None:
    assert run_sample_api().capacity == 400.0
    assert run_sample_api("--workers", "3", "--service-ms", "7").capacity == pytest.approx(428.5714286)
    assert run_sample_api("--lock-ms", "5").capacity == 200.0
    assert run_sample_api("--lock-ms", "2").capacity == 400.0


@pytest.mark.parametrize("options", [["--lock-ms", "30"], ["--lock-ms", "5", "--service-distribution", "exponential"]])
def test_a_lock_whose_capacity_would_not_be_known_is_refused(options: list[str]) -> None:
    refused = CliRunner().invoke(sample_api, options)
    assert refused.exit_code == 2
    assert "--service-distribution fixed" in refused.output
    assert "20 ms of --service-ms" in refused.output


def test_a_port_in_use_and_a_bad_address_are_usage_errors_that_say_what_to_do(run_sample_api: RunSampleApi) -> None:
    taken = f"127.0.0.1:{run_sample_api().port}"
    for address, words in ((taken, "ddress already in use"), ("nonsense", "write HOST:PORT")):
        refused = CliRunner().invoke(sample_api, ["--listen", address])
        assert refused.exit_code == 2
        assert words in refused.output
