"""A small Grafana on a real socket: its API as Grafana 12 behaves, with the ways in which it can fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.grafana_accounts import EDITOR_TOKEN, PASSWORD, USER, VIEWER_TOKEN, Accounts, Json, Reply

__all__ = ["EDITOR_TOKEN", "PASSWORD", "USER", "VIEWER_TOKEN", "FakeGrafana", "serving"]

TAGS_LENGTH = 500
PATH, ACCOUNTS_PATH = "/api/annotations", "/api/serviceaccounts"
HEALTH_PATH, USER_PATH = "/api/health", "/api/user"
FAILING = {"database": "failing"}


class FakeGrafana(ThreadingHTTPServer):
    """``annotations`` is its table by id, ``accounts`` who may change it, ``requests`` what it was asked.

    ``broken`` is a status (or "html", or "hangs") that it gives in place of an answer, the next ``broken_times`` times.
    """

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.annotations: dict[int, Json] = {}
        self.accounts = Accounts()
        self.requests: list[str] = []
        self.healthy = True
        self.anonymous = False
        """Everyone may look: unknown credentials are a Viewer's, but for the path that tells who asks."""
        self.broken: int | str = 0
        self.broken_times = 0
        self.retry_after = "3600"
        self.lock = threading.Lock()
        self.let_go = threading.Event()
        """Ends the requests that hang."""
        self.meet: threading.Barrier | None = None
        """Where those who look at the same time wait for each other before they are answered."""
        self._last_id = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, how: int | str, times: int = 1000) -> None:
        self.broken, self.broken_times = how, times

    def written(self) -> list[str]:
        """The requests that change something, in order."""
        return [one for one in self.requests if not one.startswith("GET")]

    def forget(self) -> None:
        """Start anew with an empty database."""
        self.annotations.clear()
        self.accounts.forget()

    def list(self, query: dict[str, list[str]]) -> Reply:
        since, until = (int(query.get(name, ["0"])[0]) for name in ("from", "to"))
        asked = _pairs(query.get("tags", []))
        limit = int(query.get("limit", ["0"])[0]) or 100
        found = []
        for one in self.annotations.values():
            inside = not (since and until) or (one["time"] <= until and one["timeEnd"] >= since)
            hits = sum(any(key == k and value in ("", v) for key, value in asked) for k, v in _pairs(one["tags"]))
            if inside and (not asked or hits == len(asked)):
                found.append(one)
        return 200, sorted(found, key=lambda one: (one["timeEnd"], one["time"]), reverse=True)[:limit]

    def create(self, body: Json) -> Reply:
        if not body.get("text"):
            return 400, {"message": "Failed to save annotation", "error": "text field should not be empty"}
        since, until = body.get("time", 0), body.get("timeEnd", 0)
        if not since and not until:
            return 400, {"message": "Failed to save annotation", "error": "missing timerange"}
        tags = _joined(_pairs(body.get("tags", [])))
        if len(json.dumps(tags, separators=(",", ":"), ensure_ascii=False).encode()) > TAGS_LENGTH:
            return 400, {"message": "tags length exceeds the maximum allowed (500)"}
        self._last_id += 1
        start, end = sorted((since or until, until or since))
        self.annotations[self._last_id] = {
            "id": self._last_id,
            "created": round(time.time() * 1000),
            "time": start,
            "timeEnd": end,
            "text": body["text"],
            "tags": tags,
        }
        return 200, {"message": "Annotation added", "id": self._last_id}

    def patch(self, found: Json, body: Json) -> Reply:
        for name in ("text", "time", "timeEnd"):
            if body.get(name):
                found[name] = body[name]
        if body.get("tags") is not None:
            found["tags"] = _joined(_pairs(body["tags"]))
        return 200, {"message": "Annotation patched"}


class _Handler(BaseHTTPRequestHandler):
    server: FakeGrafana
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else {}
        with self.server.lock:
            self.server.requests.append(f"{self.command} {self.path}")
            if self.server.broken_times:
                self.server.broken_times -= 1
                self._break(self.server.broken)
                return
            status, content = self._route(body)
        if self.command == "GET" and self.server.meet:
            self.server.meet.wait(10)
        self._send(status, "application/json", json.dumps(content))

    def _route(self, body: Json) -> Reply:
        parts = urlsplit(self.path)
        if parts.path == HEALTH_PATH:
            return (200, {"database": "ok", "version": "12.4.5"}) if self.server.healthy else (503, FAILING)
        role = self.server.accounts.role(self.headers.get("Authorization", ""))
        if role is None and self.server.anonymous and parts.path != USER_PATH:
            role = "Viewer"
        if role is None:
            return 401, {"message": "Unauthorized"}
        if parts.path == USER_PATH:
            return 200, {"login": "somebody"}
        if parts.path.startswith(ACCOUNTS_PATH):
            below = parts.path.removeprefix(ACCOUNTS_PATH)
            return self.server.accounts.answer(self.command, below, parse_qs(parts.query), body, role)
        if not parts.path.startswith(PATH):
            return 404, {"message": "Not found"}
        if self.command == "GET":
            return self.server.list(parse_qs(parts.query))
        if role == "Viewer":
            return 403, {"message": "You'll need additional permissions to perform this action."}
        if self.command == "POST":
            return self.server.create(body)
        found = self.server.annotations.get(int(parts.path.removeprefix(f"{PATH}/")))
        if found is None:
            return 404, {"message": "Annotation not found"}
        if self.command == "PATCH":
            return self.server.patch(found, body)
        del self.server.annotations[found["id"]]
        return 200, {"message": "Annotation deleted"}

    def _break(self, how: int | str) -> None:
        if how == "html":
            self._send(200, "text/html", "<!doctype html><title>Sign in</title>")
        elif how == 302:
            self._send(302, "text/html", "", {"Location": "https://login.example.com/"})
        elif how == "hangs":
            self.close_connection = True
            self.server.let_go.wait(30)
        else:
            self._send(int(how), "text/plain", "upstream says no", {"Retry-After": self.server.retry_after})

    def _send(self, status: int, kind: str, text: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        content = text.encode()
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def serving(port: int = 0) -> Iterator[FakeGrafana]:
    """A Grafana without annotations, on a free port unless one is named; gone at the end."""
    with FakeGrafana(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.let_go.set()
            server.shutdown()
            thread.join()


def _pairs(tags: list[str]) -> list[tuple[str, str]]:
    """As Grafana splits them: at each colon, the first two parts, trimmed, each pair once."""
    pairs: list[tuple[str, str]] = []
    for tag in tags:
        key, *rest = (part.strip(" ") for part in tag.split(":"))
        pair = key, rest[0] if rest else ""
        if key and pair not in pairs:
            pairs.append(pair)
    return pairs


def _joined(pairs: list[tuple[str, str]]) -> list[str]:
    return [f"{key}:{value}" if value else key for key, value in pairs]
