"""Each bad input: its documented exit code, one line that says what to do next, and nothing left running."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from loadline.bench import Bench
from loadline.k6 import WEB_DASHBOARD_PORT
from loadline.stack import binaries, process
from rules.prometheus import Prometheus
from tests.loadline.stack_scripts import script
from tests.real import loadline, wait_for

SCRIPT = "export default function () {}"
PROGRESS = ("starting Prometheus and the exporter", "looking at Prometheus")


def complaint(code: int, *arguments: str, env: dict[str, str] | None = None) -> str:
    """What is said on stderr beside progress: one line, beginning with our name."""
    done = loadline(*arguments, env=env)
    said = [line for line in done.stderr.splitlines() if line not in PROGRESS]
    assert (done.returncode, done.stdout, len(said)) == (code, "", 1), done.stderr
    assert said[0].startswith("loadline: ")
    return said[0].removeprefix("loadline: ")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.js"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def nobody() -> str:
    """An address on which nobody listens."""
    return f"http://127.0.0.1:{process.free_port()}"


@contextmanager
def some_web_server() -> Iterator[str]:
    """It has a page for everybody, and no query API."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b"<h1>No such page</h1>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the base class
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_an_unknown_command() -> None:
    assert complaint(2, "nope") == "No such command 'nope'. See loadline --help"


def test_an_option_that_is_no_number() -> None:
    said = complaint(2, "run", "http://127.0.0.1", "--max-vus", "many")
    assert said == "Invalid value for '--max-vus': 'many' is not a valid integer. See loadline run --help"


@pytest.mark.parametrize(
    ("command", "option"),
    [("run", "--require-throughput"), ("watch", "--interval"), ("compare", "--margin"), ("exporter", "--deadline")],
)
def test_a_number_that_is_none_to_anybody_but_a_computer(command: str, option: str) -> None:
    said = complaint(2, command, option, "nan")
    assert said == f"Invalid value for '{option}': 'nan' is not a valid number. See loadline {command} --help"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "127.0.0.1:8080"), "URL: '127.0.0.1:8080' is no URL: write it whole, for example http://"),
        (("run", "http://127.0.0.1", "--vus", "0"), "--vus: 0 is neither a number of VUs"),
        (
            ("run", "http://127.0.0.1", "--vus", "5", "--duration", "ten"),
            "--duration: 'ten' is no duration that k6 can read: write",
        ),
        (("run", "--script", "none.js"), "there is no script none.js. Check the path given to --script"),
        (("analyze",), "give --testid ID or --selector MATCHERS, one of them. See loadline analyze --help"),
        (("analyze", "--testid", "a", "--from", "noon"), "--from: 'noon' is no time. Write 2026-11-20T10:00:00Z"),
        (("analyze", "--testid", "a", "--from", "20", "--to", "10"), "--from is not before --to"),
        (("analyze", "--testid", "a", "--prometheus-url", "h:9"), "--prometheus-url: 'h:9' is no URL: write it whole"),
    ],
)
def test_wrong_usage_is_told_before_anything_starts(arguments: tuple[str, ...], said: str) -> None:
    assert complaint(2, *arguments).startswith(said)


def test_of_a_file_with_a_thousand_mistakes_so_many_are_told_as_anybody_reads(tmp_path: Path) -> None:
    wrong = tmp_path / "slo.yaml"
    wrong.write_text("".join(f"unknown-{number}: 1\n" for number in range(1000)))
    said = complaint(2, "run", "http://127.0.0.1:1", "--slo", str(wrong))
    assert "slo.yaml:1: unknown-0: is no key that is known here; " in said
    assert len(said) < 4100
    assert re.search(r" … and [0-9]{2,3},[0-9]{3} characters more$", said)


def test_a_store_that_cannot_be_is_told_before_the_load(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for command in (("run", "http://127.0.0.1:1"), ("run", "http://127.0.0.1:1", "--repeat", "2"), ("demo",)):
        said = complaint(1, *command, "--store", str(tmp_path / "file" / "store"))
        assert said.startswith(f"answers cannot be kept in {tmp_path}/file/store: {tmp_path}/file is no folder")


def test_an_unreachable_target(nobody: str) -> None:
    said = complaint(1, "run", nobody)
    assert said.startswith(f"{nobody.removeprefix('http://')} cannot be reached (Connection refused). Is the server up")


def test_a_script_with_a_syntax_error(shop: Path) -> None:
    shop.write_text("export default function () {")
    assert f"k6 cannot read {shop}: " in (said := complaint(2, "run", "--script", str(shop)))
    assert "Line 1:29 Unexpected end of input" in said


def test_a_testid_that_contradicts_the_scripts_own(shop: Path) -> None:
    shop.write_text(f"export const options = {{ tags: {{ testid: 'mine' }} }}\n{SCRIPT}")
    said = complaint(2, "run", "--script", str(shop), "--testid", "yours")
    assert said == "the script tags itself testid='mine', --testid says 'yours'. Leave one of them out"


@pytest.mark.parametrize("name", ["K6", "PROMETHEUS"])
def test_a_binary_that_is_not_where_it_is_said_to_be(shop: Path, name: str) -> None:
    said = complaint(1, "run", "--script", str(shop), env={f"LOADLINE_{name}": "/nope"})
    assert said.startswith(f"LOADLINE_{name} names /nope, which cannot be run (")
    assert said.endswith("Correct it, or unset it")


def test_a_k6_that_is_too_old(shop: Path, tmp_path: Path) -> None:
    old = script(tmp_path / "k6", 'echo "k6 v0.57.0 (go1.23.6, linux/amd64)"')
    said = complaint(1, "run", "--script", str(shop), env={"LOADLINE_K6": str(old)})
    assert "is version 0.57.0; Loadline needs 1.0 or newer" in said


@pytest.mark.parametrize("command", [("run", "--script", "{shop}"), ("analyze", "--testid", "a")])
def test_a_prometheus_that_is_down(shop: Path, nobody: str, command: tuple[str, ...]) -> None:
    arguments = [part.format(shop=shop) for part in command]
    said = complaint(1, *arguments, "--prometheus-url", nobody)
    assert said.startswith(f"Prometheus at {nobody} cannot be reached (connection refused). Check --prometheus-url")


def test_a_web_server_that_is_no_prometheus(shop: Path) -> None:
    with some_web_server() as url:
        said = complaint(1, "run", "--script", str(shop), "--prometheus-url", url)
    assert said.startswith(f"{url} answered 404 with something that is not Prometheus's JSON. Is this the address of")


def test_a_prometheus_that_takes_no_remote_writes(shop: Path, bench: Bench) -> None:
    (bench.folder / "empty.yml").write_text("")
    listen = f"127.0.0.1:{process.free_port()}"
    command = [
        str(binaries.find("prometheus")),
        f"--config.file={bench.folder}/empty.yml",
        f"--web.listen-address={listen}",
    ]
    command += [f"--storage.tsdb.path={bench.folder}/data"]
    process.start("Prometheus", command, bench.folder / "prometheus.log", bench.interrupts, bench.adopt)
    wait_for(Prometheus(f"http://{listen}").ready, "Prometheus")
    said = complaint(1, "run", "--script", str(shop), "--prometheus-url", f"http://{listen}")
    assert said == (
        f"Prometheus at http://{listen} does not take remote writes. Start it with --web.enable-remote-write-receiver"
    )


def test_a_web_dashboard_whose_port_is_taken(shop: Path) -> None:
    try:
        taken = socket.create_server(("127.0.0.1", WEB_DASHBOARD_PORT))
    except OSError:
        pytest.skip("the fixed port of k6's page is taken by somebody else")
    with taken:
        said = complaint(2, "run", "--script", str(shop), "--web-dashboard")
    assert said.startswith(f"port {WEB_DASHBOARD_PORT} of k6's web dashboard is taken. End")
