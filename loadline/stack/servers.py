"""The exporters on the servers under test: how the Prometheus of a run scrapes them, and whether it can."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from loadline.errors import TargetError
from loadline.options import RunOptions
from rules.names import ROLE, ROLE_SERVER
from rules.prometheus import Prometheus

JOB: Final = "server"
FIRST_SCRAPE_SECONDS: Final = 15.0
"""The first comes within one interval (5 s), and may take its time-out (4 s) to fail."""
SCHEME: Final = "__scheme__"
ADDRESS: Final = "__address__"
HOW: Final = (
    "Run loadline exporter there with --listen on that address, and let this machine reach the port. TLS and passwords "
    "are given as --server https://HOST:PORT, --server-ca-file, --server-username and --server-password-file"
)


def scrape_configs(options: RunOptions) -> list[dict[str, Any]]:
    """One ``scrape_config`` of Prometheus for every ``--server``, or none; a password stays in its file."""
    if not options.server:
        return []
    config: dict[str, Any] = {"job_name": JOB, "static_configs": [_group(one) for one in options.server]}
    if options.server_password_file:
        password = str(options.server_password_file.absolute())
        config["basic_auth"] = {"username": options.server_username, "password_file": password}
    if options.server_ca_file:
        config["tls_config"] = {"ca_file": str(options.server_ca_file.absolute())}
    return [config]


def check(client: Prometheus, servers: Sequence[str]) -> None:
    """Wait for the first scrape of each; raises TargetError with Prometheus's own words where one fails."""
    deadline = time.monotonic() + FIRST_SCRAPE_SECONDS
    while waiting := _not_up(client, servers):
        failed = {server: why for server, why in waiting.items() if why}
        if failed or time.monotonic() > deadline:
            server, why = next(iter((failed or waiting).items()))
            raise TargetError(f"--server {server} cannot be scraped: {why or 'it was not tried in time'}", HOW)
        time.sleep(0.1)


def _not_up(client: Prometheus, servers: Sequence[str]) -> dict[str, str]:
    """The servers that have not been scraped yet, with what failed where something did."""
    seen = {one["discoveredLabels"][ADDRESS]: one for one in client.targets(JOB)}
    found = {server: seen.get(_split(server)[1], {}) for server in servers}
    return {server: one.get("lastError", "") for server, one in found.items() if one.get("health") != "up"}


def _group(server: str) -> dict[str, Any]:
    scheme, address = _split(server)
    return {"targets": [address], "labels": {ROLE: ROLE_SERVER, SCHEME: scheme}}


def _split(server: str) -> tuple[str, str]:
    """Scheme and HOST:PORT."""
    scheme, separator, address = server.rpartition("://")
    return (scheme, address) if separator else ("http", address)
