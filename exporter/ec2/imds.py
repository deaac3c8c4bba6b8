"""The edge to EC2's instance metadata service, version 2: a token by PUT, then GETs that carry it.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

import requests
from urllib3.exceptions import NewConnectionError

from exporter.errors import NothingHere

URL: Final = "http://169.254.169.254"
URL_VARIABLE: Final = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
DISABLED_VARIABLE: Final = "AWS_EC2_METADATA_DISABLED"
"""The two environment variables that every AWS SDK obeys."""

TOKEN_SECONDS: Final = 21_600
"""The longest that the service allows."""
RENEWED_BEFORE_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 1.0
"""The service is link-local and answers in a millisecond."""
LONGEST_BODY: Final = 16 * 1024
"""The identity document, the longest that is asked for, has about 500 bytes."""
LONGEST_TOKEN: Final = 512
"""The service's own tokens have 56 characters."""

HOP_LIMIT_HINT: Final = (
    "in a container that is what a hop limit of 1 looks like: raise it with `aws ec2 modify-instance-metadata-options "
    "--instance-id ID --http-put-response-hop-limit 2`, or run the container in the host's network"
)


class ImdsError(Exception):
    """The service is there and does not do its work; the text holds neither a token nor what the service said."""


class Imds:
    """One client for all who ask; the token is kept until shortly before it expires. Not for several threads at once.

    Proxies of the environment are not used: a proxy's instance is not this one, and the token is not its business.
    """

    def __init__(
        self,
        url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``url`` None is the environment's, else the link-local address; ``timeout`` and ``clock`` are in seconds."""
        self._url = (url or os.environ.get(URL_VARIABLE) or URL).rstrip("/")
        self._timeout = timeout
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        # A kept connection that the service closes between two scrapes would look like a broken answer.
        self._session.headers["Connection"] = "close"
        self._token = ""
        self._expires = 0.0

    def get(self, path: str) -> str | None:
        """The text at ``path``, which begins with ``/latest/``; None where the service says that there is none.

        Raises NothingHere where no such service answers, ImdsError where it answers badly or too late.
        """
        if self._clock() >= self._expires:
            self._renew()
        status, body = self._ask("GET", path, {"X-aws-ec2-metadata-token": self._token})
        if status == requests.codes.unauthorized:  # the service forgot the token, as it does when the instance moves
            self._renew()
            status, body = self._ask("GET", path, {"X-aws-ec2-metadata-token": self._token})
        match status:
            case requests.codes.ok:
                return body
            case requests.codes.not_found:
                return None
            case _:
                raise ImdsError(f"the metadata service at {self._url} answered {path} with HTTP {status}")

    def _renew(self) -> None:
        asked = self._clock()
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
        status, body = self._ask("PUT", "/latest/api/token", headers)
        match status:
            case requests.codes.ok:
                self._token = _token(body)
                self._expires = asked + TOKEN_SECONDS - RENEWED_BEFORE_SECONDS
            case requests.codes.forbidden:
                raise NothingHere(
                    f"what answers at {self._url} gives no token (HTTP 403): the metadata service is turned off for "
                    "this instance, or this is not EC2"
                )
            case requests.codes.not_found | requests.codes.method_not_allowed | requests.codes.not_implemented:
                raise NothingHere(f"what answers at {self._url} gives no tokens (HTTP {status}): this is not EC2")
            case _:
                raise ImdsError(f"the metadata service at {self._url} gave no token, but HTTP {status}")

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
        """Status and text of the answer."""
        if os.environ.get(DISABLED_VARIABLE, "").lower() == "true":
            raise NothingHere(f"{DISABLED_VARIABLE} is true")
        deadline = self._clock() + 2 * self._timeout
        with self._opened(method, path, headers) as reply:
            return reply.status_code, self._text(reply, deadline)

    def _opened(self, method: str, path: str, headers: dict[str, str]) -> requests.Response:
        """The answer as far as its headers."""
        try:
            return self._session.request(
                method, self._url + path, headers=headers, timeout=self._timeout, allow_redirects=False, stream=True
            )
        except requests.ReadTimeout:
            raise ImdsError(
                f"{self._url} accepted a connection and did not answer {method} {path} within {self._timeout:g} s; "
                + HOP_LIMIT_HINT
            ) from None
        except requests.ConnectTimeout:
            raise NothingHere(
                f"no metadata service answers at {self._url} within {self._timeout:g} s: this is not EC2, or a "
                "firewall is in between"
            ) from None
        except requests.RequestException as error:
            if isinstance(getattr(next(iter(error.args), None), "reason", None), NewConnectionError):
                raise NothingHere(f"no metadata service answers at {self._url}: this is not EC2") from None
            # Not its text: that may quote what was sent or received.
            raise ImdsError(f"{self._url} broke off {method} {path} ({type(error).__name__})") from None

    def _text(self, reply: requests.Response, deadline: float) -> str:
        """The body, as far as it is of a sane length and comes in time; one that trickles would never time out."""
        body = bytearray()
        try:
            for byte in reply.iter_content(1):
                body += byte
                if len(body) > LONGEST_BODY:
                    raise ImdsError(f"the metadata service at {self._url} answered with more than {LONGEST_BODY} bytes")
                if self._clock() > deadline:
                    raise ImdsError(f"the metadata service at {self._url} did not end its answer in time")
            return body.decode("ascii")
        except (requests.RequestException, UnicodeDecodeError) as error:
            raise ImdsError(
                f"{self._url} began an answer and did not end it as text ({type(error).__name__})"
            ) from None


def _token(body: str) -> str:
    if not body or len(body) > LONGEST_TOKEN or not body.isprintable() or " " in body:
        raise ImdsError(f"the metadata service gave {len(body)} characters that are no token")
    return body
