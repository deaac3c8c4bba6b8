from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from syrupy.assertion import SnapshotAssertion

from exporter.collectors.process import ProcessCollector
from exporter.collectors.process_option import read_group
from exporter.guard import Guard
from exporter.pages import Pages
from loadline.stack.binaries import find
from tests.exporter.fake_host import collectors
from tests.exporter.test_guard import Made, absent, broken, good
from tests.golden import PlainText


@pytest.fixture
def pages() -> Pages:
    """Of the fake host, at a time that stands still."""
    return Pages(Guard(collectors(), clock=lambda: 0.0))


def metrics(pages: Pages, target: str = "/metrics", **headers: str) -> str:
    return pages.answer(target, {name.replace("_", "-"): value for name, value in headers.items()}).body.decode()


def test_the_whole_text_of_metrics_is_the_golden_one(pages: Pages, snapshot: SnapshotAssertion) -> None:
    text = metrics(pages)
    assert text == snapshot(extension_class=PlainText)
    assert metrics(pages) == text


def test_promtool_finds_nothing_to_say_of_our_own_names() -> None:
    text = metrics(Pages(Guard([*collectors(), ProcessCollector([read_group("tests=pytest")])])))
    own = [line for line in text.splitlines(keepends=True) if not re.match(r"(# (HELP|TYPE) )?node_", line)]
    assert any(line.startswith("namedprocess_") for line in own)
    ran = subprocess.run(
        [find("promtool"), "check", "metrics"],
        input="".join(own),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_no_target_label_is_on_any_metric(pages: Pages) -> None:
    families = text_string_to_metric_families(metrics(pages))
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    of_uname = {"domainname", "machine", "nodename", "release", "sysname", "version"}
    assert labels - of_uname == {"cpu", "mode", "device", "collector", "python_version"}


def test_prometheus_is_answered_in_the_text_format_whatever_it_prefers(pages: Pages) -> None:
    accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4"
    reply = pages.answer("/metrics", {"Accept": accept})
    assert reply.headers == {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    assert reply.body == pages.answer("/metrics", {}).body


def test_metrics_are_compressed_for_who_takes_it(pages: Pages) -> None:
    reply = pages.answer("/metrics", {"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(reply.body).decode() == metrics(pages)


def test_metrics_can_be_asked_for_by_name(pages: Pages) -> None:
    text = metrics(pages, "/metrics?name[]=node_memory_MemFree_bytes&name[]=node_load1")
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "node_memory_MemFree_bytes 4.50891776e+08",
        "node_load1 3.47",
    ]


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        ("/healthz", 200, "ok\n"),
        ("/", 200, '<a href="/metrics">'),
        ("/?a=b", 200, '<a href="/metrics">'),
        ("/metric", 404, "not found; see /metrics"),
        ("/../etc/passwd", 404, "not found"),
        ("//host/metrics?", 200, "node_load1"),
    ],
)
def test_the_other_pages(pages: Pages, target: str, status: int, text: str) -> None:
    reply = pages.answer(target, {})
    assert (reply.status, text in reply.body.decode()) == (status, True)


def test_the_landing_page_says_what_is_on_what_is_not_and_why() -> None:
    guard = Guard([Made("good", good), Made("<broken>", broken), Made("absent", absent)])
    pages = Pages(guard, {"cpu": "left to the node_exporter on 127.0.0.1:9100"})
    assert "<td>good</td><td>not asked yet</td>" in metrics(pages, "/")
    metrics(pages)
    rows = [line for line in metrics(pages, "/").splitlines() if line.startswith("<tr><td>")]
    assert rows == [
        "<tr><td>good</td><td>works</td><td></td></tr>",
        "<tr><td>&lt;broken&gt;</td><td>fails</td><td>OSError: no such sensor</td></tr>",
        "<tr><td>absent</td><td>nothing to report here</td><td>not on this host</td></tr>",
        "<tr><td>cpu</td><td>off</td><td>left to the node_exporter on 127.0.0.1:9100</td></tr>",
    ]


def test_a_missing_proc_is_failed_collectors_not_a_failed_scrape(tmp_path: Path) -> None:
    text = metrics(Pages(Guard(collectors(tmp_path, tmp_path))))
    assert 'loadline_exporter_collector_success{collector="cpu"} 0.0' in text
    assert 'loadline_exporter_collector_success{collector="system"} 1.0' in text
    assert "node_cpu" not in text


@pytest.mark.parametrize("timeout", ["soon", "-1", "0", "nan", "inf", "1e400", "", "0.001", "5"])
def test_whatever_time_out_a_client_names_it_is_answered(timeout: str) -> None:
    def two() -> list[GaugeMetricFamily]:
        return [GaugeMetricFamily("two_celsius", "Two.", 2)]

    pages = Pages(Guard([Made("two", two)], deadline=10))  # type: ignore[arg-type]
    text = metrics(pages, X_Prometheus_Scrape_Timeout_Seconds=timeout)
    assert 'collector_success{collector="two"}' in text
