from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from exporter.collector import Collector
from exporter.collectors.cpu import CpuCollector
from exporter.collectors.memory import MemoryCollector
from exporter.errors import ExporterError
from exporter.guard import Guard
from exporter.server import application, serve
from tests.exporter.conftest import Serving

TIMEOUT = 10.0
THEIRS = Path(__file__).parent / "node_exporter-1.5.txt"
"""What node_exporter 1.5.0 wrote with --path.procfs at this folder's fake /proc."""

Described = dict[str, tuple[str, str, dict[tuple[tuple[str, str], ...], float]]]


class PlainText(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def collectors(proc: Path) -> list[Collector]:
    return [CpuCollector(proc, ticks_per_second=100), MemoryCollector(proc)]


def described(text: str) -> Described:
    """Type, help and value by labels, of every host metric."""
    return {
        family.name: (
            family.type,
            family.documentation,
            {tuple(sorted(sample.labels.items())): sample.value for sample in family.samples},
        )
        for family in text_string_to_metric_families(text)
        if family.name.startswith("node_")
    }


@pytest.fixture
def broken_off(caplog: pytest.LogCaptureFixture) -> Iterator[threading.Event]:
    """Set once the exporter has noticed that a client went away."""
    noticed = threading.Event()

    class Notice(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "broken off" in record.getMessage():
                noticed.set()

    caplog.set_level(logging.DEBUG, logger="exporter")
    handler = Notice()
    logging.getLogger("exporter").addHandler(handler)
    yield noticed
    logging.getLogger("exporter").removeHandler(handler)


def test_the_whole_text_of_metrics_is_the_golden_one(proc: Path, snapshot: SnapshotAssertion) -> None:
    app = application(Guard(collectors(proc), clock=lambda: 0.0))
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics", "QUERY_STRING": ""}
    text = b"".join(app(environ, lambda *_: lambda _: None)).decode()
    assert text == snapshot(extension_class=PlainText)


def test_names_types_help_labels_and_values_are_those_of_node_exporter(proc: Path, serving: Serving) -> None:
    url = serving(collectors(proc))
    ours = described(requests.get(f"{url}/metrics", timeout=TIMEOUT).text)
    assert ours == described(THEIRS.read_text())
    assert len(ours) == 6


def test_no_target_label_is_on_any_metric(proc: Path, serving: Serving) -> None:
    families = text_string_to_metric_families(
        requests.get(f"{serving(collectors(proc))}/metrics", timeout=TIMEOUT).text
    )
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels == {"cpu", "mode", "collector"}


def test_prometheus_itself_is_answered_in_openmetrics(proc: Path, serving: Serving) -> None:
    accept = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"}
    reply = requests.get(f"{serving(collectors(proc))}/metrics", headers=accept, timeout=TIMEOUT)
    assert reply.headers["Content-Type"].startswith("application/openmetrics-text")
    assert reply.text.endswith("# EOF\n")


def test_metrics_can_be_asked_for_by_name(proc: Path, serving: Serving) -> None:
    url = f"{serving(collectors(proc))}/metrics?name[]=node_memory_MemFree_bytes"
    samples = [line for line in requests.get(url, timeout=TIMEOUT).text.splitlines() if not line.startswith("#")]
    assert samples == ["node_memory_MemFree_bytes 4.50891776e+08"]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [("/healthz", 200, "ok\n"), ("/", 200, '<a href="/metrics">'), ("/metric", 404, "not found; see /metrics")],
)
def test_the_other_pages(serving: Serving, path: str, status: int, text: str) -> None:
    reply = requests.get(serving([]) + path, timeout=TIMEOUT)
    assert (reply.status_code, text in reply.text) == (status, True)


def test_a_missing_proc_is_a_failed_collector_not_a_failed_scrape(tmp_path: Path, serving: Serving) -> None:
    text = requests.get(f"{serving(collectors(tmp_path))}/metrics", timeout=TIMEOUT).text
    assert 'loadline_exporter_collector_success{collector="cpu"} 0.0' in text
    assert "node_" not in text


def test_a_client_that_hangs_up_leaves_the_exporter_at_work_and_silent(
    serving: Serving, capfd: pytest.CaptureFixture[str], broken_off: threading.Event
) -> None:
    url = serving([])
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=TIMEOUT) as client:
        client.sendall(b"GET /metr")
        # Lingering for no time makes close a reset, which the server meets as an exception while it reads.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert broken_off.wait(TIMEOUT)
    assert requests.get(f"{url}/healthz", timeout=TIMEOUT).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_port_in_use_is_said_in_one_line_with_what_to_do(serving: Serving) -> None:
    taken = urlsplit(serving([])).netloc
    with pytest.raises(ExporterError) as refused:
        serve(taken, threading.Event(), [])
    assert str(refused.value) == (
        f"cannot listen on {taken}: Address already in use; "
        "choose another address with --listen HOST:PORT (port 0 takes any free one)"
    )


def test_an_address_of_another_host_is_refused() -> None:
    with pytest.raises(ExporterError, match=r"cannot listen on 192\.0\.2\.1:0: .*assign requested address"):
        serve("192.0.2.1:0", threading.Event(), [])
