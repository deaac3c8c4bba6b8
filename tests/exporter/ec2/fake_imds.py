"""A metadata service that follows IMDSv2's protocol: tokens by PUT that expire, 401 without, 404 for what is absent.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from tests.exporter.raw_http import Request, reply

DOCUMENT: Final = {
    "accountId": "123456789012",
    "architecture": "x86_64",
    "availabilityZone": "eu-central-1a",
    "billingProducts": None,
    "imageId": "ami-0123456789abcdef0",
    "instanceId": "i-0123456789abcdef0",
    "instanceType": "t3.micro",
    "kernelId": None,
    "pendingTime": "2026-11-25T08:00:00Z",
    "privateIp": "10.0.1.12",
    "region": "eu-central-1",
    "version": "2017-09-30",
}


class FakeImds:
    """``texts`` are what is there, by path below /latest; ``clock`` is in seconds."""

    def __init__(self, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.texts = {
            "/dynamic/instance-identity/document": json.dumps(DOCUMENT, indent=2),
            "/meta-data/instance-life-cycle": "on-demand",
        }
        self.asked: list[str] = []
        self.tokens: dict[str, float] = {}
        """When each expires."""
        self._clock = clock
        self._issued = 0

    def forget(self) -> None:
        """No token issued so far is good any more."""
        self.tokens.clear()

    def __call__(self, request: Request) -> list[bytes]:
        self.asked.append(f"{request.method} {request.path}")
        if request.path == "/latest/api/token":
            return self._issue(request)
        expires = self.tokens.get(request.headers.get("x-aws-ec2-metadata-token", ""))
        if request.method != "GET" or expires is None or self._clock() >= expires:
            return reply(401, "Unauthorized")
        text = self.texts.get(request.path.removeprefix("/latest"))
        return reply(404, "Not Found") if text is None else reply(200, text)

    def _issue(self, request: Request) -> list[bytes]:
        if request.method != "PUT" or "x-forwarded-for" in request.headers:
            return reply(403, "Forbidden")
        seconds = request.headers.get("x-aws-ec2-metadata-token-ttl-seconds", "")
        if not seconds.isdigit() or not 1 <= int(seconds) <= 21_600:
            return reply(400, "Bad Request")
        self._issued += 1
        token = f"SECRET-TOKEN-{self._issued:04}-AQAEALJxAy27Vz-0123456789abcdefghij=="
        self.tokens[token] = self._clock() + int(seconds)
        return reply(200, token)
