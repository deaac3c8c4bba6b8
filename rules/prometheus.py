"""The one edge to Prometheus: its query API, with time-outs, bounded retries and typed errors.

Anything that speaks the same API (Mimir, Thanos, VictoriaMetrics) serves as well; ``headers`` carries a tenant
or a token.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from rules import replies
from rules.errors import PrometheusError
from rules.loopback import are_loopback
from rules.parse import parse_matrix
from rules.series import AnySeries
from rules.signals.signal import milliseconds

TIMEOUT_SECONDS = (3.05, 60.0)
"""To connect, and to wait for an answer; Prometheus itself gives a query two minutes by default."""
IS_IT = "Is this the address of a Prometheus, with its path if it has one? It should answer at /api/v1/query below it"
MOST_POINTS = 11_000
"""Prometheus's own limit for the points of one series (web/api/v1/api.go)."""
CHUNK_SECONDS = 3600.0
"""The longest stretch of raw samples asked for at once, so that a day's run does not come as one reply."""


class HttpReply(NamedTuple):
    """What came over HTTP."""

    status: int
    reason: str
    body: bytes


class Prometheus:
    """A client for ``url``; raises PrometheusError with the reason and what to do.

    ``timeout`` is seconds to connect, and seconds to wait for an answer, each time; ``retries`` come after the first.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        timeout: tuple[float, float] = TIMEOUT_SECONDS,
        retries: int = 2,
    ) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        if are_loopback([self.url]):  # to compress takes Prometheus longer than all else, and no wire is saved by it
            self._session.headers["Accept-Encoding"] = "identity"
        self._session.headers.update(headers or {})
        retry = Retry(total=retries, backoff_factor=0.2, status_forcelist=(502, 503, 504), allowed_methods=None)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        # Proxies and certificates of the environment: read once, where Session.request reads them for each query.
        self._settings = self._session.merge_environment_settings(self.url, {}, True, None, None)

    def instant(self, query: str, at: float) -> list[dict[str, Any]]:
        """The result vector (or matrix, for a range selector) of ``query`` at unix time ``at``, as JSON."""
        result: list[dict[str, Any]] = self._ask("query", {"query": query, "time": f"{at:.3f}"})
        return result

    def scalar(self, query: str, at: float) -> float | None:
        """The single value of ``query`` at ``at``; None where there is none, or it is not a number."""
        found = self.instant(query, at)
        value = float(found[0]["value"][1]) if found and "value" in found[0] else math.nan
        return value if math.isfinite(value) else None

    def range(
        self, query: str, start: float, end: float, step: float, *, buckets: bool = True, points: int = MOST_POINTS
    ) -> list[AnySeries]:
        """``query`` on a grid of ``step`` seconds, so many ``points`` of it in one reply.

        Without ``buckets`` native histograms have none, as in ``raw``.
        """
        first, last, apart = (round(seconds * 1000) for seconds in (start, end, step))
        parts = []
        for since in range(first, last + 1, points * apart):
            to = min(last, since + (points - 1) * apart)
            edges = {"start": f"{since / 1000:.3f}", "end": f"{to / 1000:.3f}", "step": f"{apart / 1000:.3f}"}
            parts.append(self._matrix("query_range", {"query": query, **edges}, buckets))
        return parse_matrix(parts)

    def raw(self, selector: str, start: float, end: float, buckets: bool = True) -> list[AnySeries]:
        """Every sample that ``selector`` has in [start, end] (unix seconds), undisturbed by any grid.

        Without ``buckets`` native histograms have none, for who needs their means alone: most of the work is in them.
        """
        parts = [
            self._matrix("query", {"query": f"{selector}[{milliseconds(to - since)}]", "time": f"{to:.3f}"}, buckets)
            for since, to in _chunks(start - 0.001, end)  # 3.x leaves the left edge out; 2.x does not
        ]
        return parse_matrix(parts)

    def label_values(self, label: str, selector: str, start: float, end: float) -> list[str]:
        """The values that ``label`` takes on ``selector``'s series between ``start`` and ``end``."""
        params = {"match[]": selector, "start": f"{start:.3f}", "end": f"{end:.3f}"}
        return sorted(self._ask(f"label/{label}/values", params, method="GET"))

    def targets(self, job: str) -> list[dict[str, Any]]:
        """What it scrapes for ``job``, as its API tells: ``discoveredLabels``, ``health``, ``lastError`` and more."""
        active = self._ask("targets", {"state": "active"}, method="GET")["activeTargets"]
        return [one for one in active if one["scrapePool"] == job]

    def accepts_remote_write(self) -> bool:
        """Whether the remote-write receiver is on: an empty write is then refused as such (400), or taken (2xx)."""
        status = self._send("POST", "write", {}).status
        return status == 400 or 200 <= status < 300

    def ready(self) -> bool:
        """Whether it answers queries yet."""
        try:
            return requests.get(f"{self.url}/-/ready", timeout=2.0).status_code == 200  # no retries: it is one itself
        except requests.RequestException:
            return False

    def build(self) -> tuple[tuple[int, int] | None, str]:
        """Version as (major, minor) and enabled features; (None, "") where the store does not tell."""
        try:
            told = self._ask("status/buildinfo", {}, method="GET")
            flags = self._ask("status/flags", {}, method="GET")
            major, minor = (int(part) for part in told["version"].split(".")[:2])
        except (PrometheusError, KeyError, TypeError, ValueError):
            return None, ""
        return (major, minor), flags.get("enable-feature", "")

    def _matrix(self, path: str, params: Mapping[str, str], buckets: bool) -> replies.AnyReply:
        reply = self._send("POST", path, params)
        try:
            return replies.read(reply.body, buckets=buckets)
        except ValueError:
            self._told(reply)
            raise PrometheusError(f"{self.url} answered {reply.status} with no matrix", IS_IT) from None

    def _ask(self, path: str, params: Mapping[str, str], method: str = "POST") -> Any:
        return self._told(self._send(method, path, params))

    def _told(self, reply: HttpReply) -> Any:
        """The data, or the result, of ``reply``; raises PrometheusError with what it says instead."""
        try:
            body = json.loads(reply.body)
        except ValueError:
            raise PrometheusError(
                f"{self.url} answered {reply.status} with something that is not Prometheus's JSON", IS_IT
            ) from None
        if not isinstance(body, dict) or body.get("status") != "success":
            said = body.get("error", reply.reason) if isinstance(body, dict) else reply.reason
            raise PrometheusError(
                f"Prometheus at {self.url} refused a query ({reply.status}): {said}",
                IS_IT if reply.status == 404 else "",
            )
        data = body.get("data")
        if data is None:  # another JSON API
            raise PrometheusError(f"{self.url} answered {reply.status} without data", IS_IT)
        return data["result"] if isinstance(data, dict) and "result" in data else data

    def _send(self, method: str, path: str, content: Mapping[str, str]) -> HttpReply:
        try:
            asked = self._getting(path, content) if method == "GET" else self._posting(path, content)
            reply = self._session.send(asked, timeout=self._timeout, **self._settings)
            # As it comes: ``content`` reads it 10 KB at a time, and each time waits for the threads that parse.
            return HttpReply(reply.status_code, reply.reason, b"".join(reply.iter_content(None)))
        except requests.RequestException as error:
            raise PrometheusError(
                f"Prometheus at {self.url} cannot be reached ({_reason(error)})",
                "Check --prometheus-url, and that Prometheus is up",
            ) from error

    def _getting(self, path: str, params: Mapping[str, str]) -> requests.PreparedRequest:
        asked = requests.Request("GET", f"{self.url}/api/v1/{path}", params=dict(params))
        return self._session.prepare_request(asked)

    def _posting(self, path: str, form: Mapping[str, str]) -> requests.PreparedRequest:
        asked = self._post.copy()
        asked.url = f"{self.url}/api/v1/{path}"
        asked.prepare_cookies(self._session.cookies)
        if form:
            asked.headers["Content-Type"] = "application/x-www-form-urlencoded"
            asked.body = urlencode(form)
            asked.prepare_content_length(asked.body)
        return asked

    @cached_property
    def _post(self) -> requests.PreparedRequest:
        """What all queries have in common: headers and credentials. To put it together is a tenth of one."""
        return self._session.prepare_request(requests.Request("POST", self.url))


def _chunks(start: float, end: float) -> Iterator[tuple[float, float]]:
    while end - start > CHUNK_SECONDS:
        yield start, start + CHUNK_SECONDS
        start += CHUNK_SECONDS
    yield start, end


def _reason(error: requests.RequestException) -> str:
    """The innermost cause, without the object addresses of urllib3's own text."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.RetryError):
        return "it is not ready: 502, 503 or 504"
    text = str(error)
    if "refused" in text:
        return "connection refused"
    if "NameResolutionError" in text:
        return "its name cannot be resolved"
    told = re.search(r"\[(?:Errno -?\d+|SSL: \w+)\] ([^()'\"]+)", text)  # the system's words, or those of OpenSSL
    return told[1].strip() if told else type(error).__name__
