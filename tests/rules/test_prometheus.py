"""What the client asks of a Prometheus: one that answers everybody with nothing, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from rules.errors import PrometheusError
from rules.prometheus import IS_IT, Prometheus

Asked = list[tuple[str, dict[str, str], dict[str, list[str]]]]
"""Path, headers and form of each."""
NOTHING = b'{"status": "success", "data": {"resultType": "vector", "result": []}}'
REFUSAL = b'{"status": "error", "errorType": "execution", "error": "too many samples"}'
NO_DATA = b'{"status": "success"}'


@pytest.fixture
def asked() -> Asked:
    return []


@pytest.fixture
def reply() -> list[tuple[int, bytes]]:
    """Status and body of each answer; a test may put others here."""
    return [(200, NOTHING)]


@pytest.fixture
def address(asked: Asked, reply: list[tuple[int, bytes]]) -> Iterator[str]:
    class Empty(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append((self.path, dict(self.headers), parse_qs(form)))
            ((status, body),) = reply
            self.send_response(status)
            self.send_header("Set-Cookie", "replica=b")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_each_query_is_a_form_of_its_own_with_what_all_have_in_common(address: str, asked: Asked) -> None:
    client = Prometheus(f"http://{address}/prom/", headers={"X-Scope-OrgID": "boards"})
    assert client.instant("up", 10.0) == []
    assert client.scalar("sum(down)", 20.5) is None
    assert client.range("up", 0.0, 10.0, 5.0) == []
    assert [(path, form) for path, _, form in asked] == [
        ("/prom/api/v1/query", {"query": ["up"], "time": ["10.000"]}),
        ("/prom/api/v1/query", {"query": ["sum(down)"], "time": ["20.500"]}),
        ("/prom/api/v1/query_range", {"query": ["up"], "start": ["0.000"], "end": ["10.000"], "step": ["5.000"]}),
    ]
    assert [headers["X-Scope-OrgID"] for _, headers, _ in asked] == ["boards"] * 3
    assert {headers["Content-Type"] for _, headers, _ in asked} == {"application/x-www-form-urlencoded"}


def test_a_grid_is_asked_for_in_parts_that_share_no_point(address: str, asked: Asked) -> None:
    assert Prometheus(f"http://{address}").range("up", 0.5, 20.5, 5.0, points=2) == []
    spans = [(form["start"], form["end"], form["step"]) for _, _, form in asked]
    assert spans == [
        (["0.500"], ["5.500"], ["5.000"]),
        (["10.500"], ["15.500"], ["5.000"]),
        (["20.500"], ["20.500"], ["5.000"]),
    ]


def test_who_answered_first_is_asked_again(address: str, asked: Asked) -> None:
    """Replicas behind a balancer do not hold the same samples; its cookie keeps to one of them."""
    client = Prometheus(f"http://{address}")
    client.instant("up", 10.0)
    client.instant("up", 20.0)
    assert [headers.get("Cookie") for _, headers, _ in asked] == [None, "replica=b"]


def test_an_empty_write_is_no_form(address: str, asked: Asked) -> None:
    """A receiver refuses what calls itself one, whether it is on or not."""
    assert Prometheus(f"http://{address}").accepts_remote_write()
    ((path, headers, form),) = asked
    assert (path, headers.get("Content-Type"), form) == ("/api/v1/write", None, {})


def test_on_the_same_machine_replies_are_not_compressed(address: str, asked: Asked) -> None:
    Prometheus(f"http://{address}").instant("up", 10.0)
    assert asked[0][1]["Accept-Encoding"] == "identity"


def test_from_another_machine_they_are(address: str, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://{address}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Prometheus("http://prometheus.example:9090").instant("up", 10.0)
    assert asked[0][0] == "http://prometheus.example:9090/api/v1/query"
    assert "gzip" in asked[0][1]["Accept-Encoding"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (422, REFUSAL, "refused a query (422): too many samples"),
        (200, b"<html>", "answered 200 with something that is not Prometheus's JSON"),
        (
            200,
            b'{"status": "success", "data": {"resultType": "scalar", "result": [1, "2"]}}',
            "answered 200 with no matrix",
        ),
        (200, NO_DATA, "answered 200 without data"),
    ],
    ids=["refused", "another server", "another shape", "another API"],
)
def test_what_is_no_matrix_is_told_by_what_it_is(
    address: str, reply: list[tuple[int, bytes]], status: int, body: bytes, said: str
) -> None:
    reply[:] = [(status, body)]
    with pytest.raises(PrometheusError) as caught:
        Prometheus(f"http://{address}").raw("up", 0.0, 10.0)
    assert said in caught.value.message


@pytest.mark.parametrize("body", [NO_DATA, b'{"status": "success", "data": null}'])
def test_another_api_that_says_success_is_no_prometheus(
    address: str, reply: list[tuple[int, bytes]], body: bytes
) -> None:
    reply[:] = [(200, body)]
    with pytest.raises(PrometheusError) as caught:
        Prometheus(f"http://{address}").instant("up", 10.0)
    assert caught.value.message == f"http://{address} answered 200 without data"
    assert caught.value.hint == IS_IT


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://nobody.invalid:9090", "its name cannot be resolved"),
        ("https://{address}", "wrong version number|record layer failure"),
        ("http://{address}:9", "InvalidURL"),
    ],
)
def test_what_is_not_reached_is_told_in_words(address: str, url: str, why: str) -> None:
    with pytest.raises(PrometheusError, match=rf"cannot be reached \(({why})\)"):
        Prometheus(url.format(address=address), retries=0).instant("1", 0.0)


def test_a_reply_that_breaks_off_is_none() -> None:
    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n{"status": "success"')

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(PrometheusError, match="cannot be reached"):
            Prometheus(f"http://127.0.0.1:{server.getsockname()[1]}", retries=0).instant("up", 0.0)
