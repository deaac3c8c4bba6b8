"""The one edge to Grafana: its HTTP API, with time-outs, bounded retries and typed errors.

Grafana 9 to 13 answer alike here; from 13 on they call this API deprecated, and it works.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.util import Retry

from rules.errors import GrafanaBusyError, GrafanaError, GrafanaLoginError, GrafanaRefusedError

TIMEOUT_SECONDS: Final = (3.05, 10.0)
"""To connect, and to wait for an answer."""
RETRIED: Final = (500, 502, 503, 504)
GIVEN: Final = (200, 201)


@dataclass(frozen=True)
class Purpose:
    """What is asked for, in the words of its errors, and what to do for who may not."""

    thing: str
    doing: str
    may_not: str


class GrafanaHttp:
    """Requests to the Grafana at ``url``, with a service account's ``token`` or ``basic`` (user, password).

    Raises GrafanaError, or what is under it, with the reason and what to do. No secret is ever in one.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        basic: tuple[str, str] | None = None,
        clock: Callable[[], float] = time.time,
        timeout: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        self.url = url.rstrip("/")
        self._clock = clock
        self._timeout = timeout
        self._session = requests.Session()
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

    def ask(self, method: str, path: str, purpose: Purpose, may_be_gone: bool = False, **content: Any) -> Any:
        """The JSON that ``path`` under /api answers; None for a 404, where it ``may_be_gone``."""
        try:
            # Not redirected: a POST would arrive as a GET, and a login page is no answer.
            reply = self._session.request(
                method, f"{self.url}/api/{path}", timeout=self._timeout, allow_redirects=False, **content
            )
        except requests.RequestException as error:
            raise GrafanaError(
                f"Grafana at {self.url} cannot be reached ({_reason(error)})",
                "Check --grafana-url, and that Grafana is up",
            ) from error
        if reply.status_code == 404 and may_be_gone:
            return None
        if reply.status_code not in GIVEN:
            raise self._refusal(reply, purpose)
        try:
            return reply.json()
        except ValueError:
            raise self.not_grafana() from None

    def not_grafana(self) -> GrafanaError:
        """The error for an answer that no Grafana gives."""
        return GrafanaError(
            f"{self.url} answered with something that is not Grafana's JSON",
            "Is --grafana-url the address of a Grafana, without a login proxy before it?",
        )

    def _are_unknown(self) -> bool:
        """Where everyone may look, unknown credentials are those of a Viewer: only who asks for itself is told so."""
        try:
            reply = self._session.get(f"{self.url}/api/user", timeout=self._timeout, allow_redirects=False)
        except requests.RequestException:
            return False
        return reply.status_code == 401

    def _refusal(self, reply: requests.Response, purpose: Purpose) -> GrafanaError:
        code = reply.status_code
        if code == 401 or (code == 403 and self._are_unknown()):
            return GrafanaLoginError(
                f"Grafana at {self.url} does not know these credentials (401)",
                "Is the token or password the right one, and not expired? Make a token under Service accounts",
            )
        if code == 403:
            return GrafanaError(
                f"Grafana at {self.url} does not let this account {purpose.doing} (403)", purpose.may_not
            )
        if code == 404:
            return GrafanaError(
                f"there is no Grafana API at {self.url} (404)", "Check --grafana-url, also for a path like /grafana"
            )
        if code == 429:
            return GrafanaBusyError(
                f"Grafana at {self.url} is asked too often (429)",
                "Wait as long as it asks for",
                _retry_after(reply.headers.get("Retry-After", ""), self._clock()),
            )
        if 300 <= code < 400:
            to = reply.headers.get("Location", "somewhere else")
            return GrafanaError(f"{self.url} redirects to {to} ({code})", "Give Grafana's own address as --grafana-url")
        if code in RETRIED:
            return GrafanaError(
                f"Grafana at {self.url} still answers {code} after retries", "Wait, and look at Grafana's own log"
            )
        return GrafanaRefusedError(f"Grafana at {self.url} refused {purpose.thing} ({code}): {_said(reply)}")


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _retry_after(value: str, now: float) -> float:
    """Seconds by the header ``Retry-After``, a number of them or a date (RFC 9110, 10.2.3); 0 where it is neither."""
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return 0.0


def _said(reply: requests.Response) -> str:
    """Grafana's own words, in one line."""
    try:
        return " ".join(str(reply.json()["message"]).split())
    except (ValueError, KeyError, TypeError):
        return reply.reason


def _reason(error: requests.RequestException) -> str:
    """The innermost cause, without the object addresses of urllib3's own text."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return "no answer in time"
    return "connection refused" if "refused" in str(error) else type(error).__name__
