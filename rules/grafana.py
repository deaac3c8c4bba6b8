"""The one edge to Grafana: organisation annotations by its HTTP API, with time-outs, bounded retries and typed errors.

``/api/annotations`` as Grafana 9 to 13 have it; from 13 on it is deprecated there, and works.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.util import Retry

from rules.errors import GrafanaError

TIMEOUT_SECONDS = (3.05, 10.0)
"""To connect, and to wait for an answer."""
FIRST_LIMIT = 100
"""Grafana's own default; it knows no second page, only a larger limit."""
RETRIED = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Annotation:
    """A point (``end`` equal to ``time``) or a region, in unix milliseconds; ``id`` is 0 until Grafana gives one."""

    time: int
    end: int
    text: str
    tags: tuple[str, ...]
    id: int = 0


class Grafana:
    """A client for ``url``, with a service account's ``token`` or ``basic`` (user, password).

    Raises GrafanaError with the reason and what to do.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        basic: tuple[str, str] | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._session = session or requests.Session()
        # Set as auth, not as a header: a header would give way to the user's ~/.netrc.
        if token is not None:
            self._session.auth = _Bearer(token)
        elif basic is not None:
            self._session.auth = HTTPBasicAuth(basic[0].encode(), basic[1].encode())
        # A write that was done and answered by a 502 is done twice; the next reconciliation removes the second.
        retry = Retry(
            total=2,
            backoff_factor=0.2,
            status_forcelist=RETRIED,
            allowed_methods=None,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def find(self, tags: Iterable[str], start: int, end: int) -> list[Annotation]:
        """All annotations that carry every one of ``tags`` and touch [start, end], in unix milliseconds."""
        asked: dict[str, Any] = {"tags": list(tags), "from": start, "to": end, "type": "annotation"}
        limit = FIRST_LIMIT
        while True:
            told = self._ask("GET", "", params=asked | {"limit": limit})
            try:
                found = [_annotation(one) for one in told]
            except (KeyError, TypeError, ValueError, AttributeError):
                raise self._not_grafana() from None
            if len(found) < limit:
                return found
            limit *= 10

    def add(self, annotation: Annotation) -> int:
        """Create it for the whole organisation, on no board in particular; gives its id."""
        added = self._ask("POST", "", json=_body(annotation) | {"tags": list(annotation.tags)})
        try:
            return int(added["id"])
        except (KeyError, TypeError, ValueError):
            raise self._not_grafana() from None

    def change(self, annotation: Annotation) -> None:
        """Set text, time and end of the one with that id; one that somebody has deleted meanwhile stays deleted."""
        self._ask("PATCH", f"/{annotation.id}", may_be_gone=True, json=_body(annotation))

    def remove(self, annotation: Annotation) -> None:
        """Delete the one with that id; nothing where it is gone already."""
        self._ask("DELETE", f"/{annotation.id}", may_be_gone=True)

    def _ask(self, method: str, path: str, may_be_gone: bool = False, **content: Any) -> Any:
        try:
            # Not redirected: a POST would arrive as a GET, and a login page is no answer.
            reply = self._session.request(
                method,
                f"{self.url}/api/annotations{path}",
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                **content,
            )
        except requests.RequestException as error:
            raise GrafanaError(
                f"Grafana at {self.url} cannot be reached ({_reason(error)})",
                "Check --grafana-url, and that Grafana is up",
            ) from error
        if reply.status_code == 404 and may_be_gone:
            return None
        if reply.status_code != 200:
            raise self._refusal(reply)
        try:
            return reply.json()
        except ValueError:
            raise self._not_grafana() from None

    def _refusal(self, reply: requests.Response) -> GrafanaError:
        code = reply.status_code
        if code == 401:
            return GrafanaError(
                f"Grafana at {self.url} does not know these credentials (401)",
                "Is the token or password the right one, and not expired? Make a token under Service accounts",
            )
        if code == 403:
            return GrafanaError(
                f"Grafana at {self.url} does not let this account write annotations (403)",
                "Give the service account the role Editor",
            )
        if code == 404:
            return GrafanaError(
                f"there is no Grafana API at {self.url} (404)", "Check --grafana-url, also for a path like /grafana"
            )
        if 300 <= code < 400:
            to = reply.headers.get("Location", "somewhere else")
            return GrafanaError(f"{self.url} redirects to {to} ({code})", "Give Grafana's own address as --grafana-url")
        if code in RETRIED:
            return GrafanaError(
                f"Grafana at {self.url} still answers {code} after retries", "Wait, and look at Grafana's own log"
            )
        return GrafanaError(f"Grafana at {self.url} refused an annotation ({code}): {_said(reply)}")

    def _not_grafana(self) -> GrafanaError:
        return GrafanaError(
            f"{self.url} answered with something that is not Grafana's JSON",
            "Is --grafana-url the address of a Grafana, without a login proxy before it?",
        )


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _annotation(given: dict[str, Any]) -> Annotation:
    start = int(given["time"])
    return Annotation(
        start, int(given.get("timeEnd") or start), given.get("text", ""), tuple(given.get("tags") or ()), given["id"]
    )


def _body(annotation: Annotation) -> dict[str, Any]:
    return {"time": annotation.time, "timeEnd": annotation.end, "text": annotation.text}


def _said(reply: requests.Response) -> str:
    """Grafana's own words, in one line."""
    try:
        return str(reply.json()["message"])
    except (ValueError, KeyError, TypeError):
        return reply.reason


def _reason(error: requests.RequestException) -> str:
    """The innermost cause, without the object addresses of urllib3's own text."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    return "connection refused" if "refused" in str(error) else type(error).__name__
