"""Do server and load generator share a machine? Then each takes from the other what it measures."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from rules.names import ROLE_BOTH, ROLE_GENERATOR, ROLE_SERVER
from rules.timeline import Timeline

SHARED: Final = "server and load generator share this machine"


def shared(timeline: Timeline) -> bool | None:
    """By the hosts' roles, by the plan of who started the run, or by loopback addresses; None where nobody tells."""
    roles = {host.role for host in timeline.hosts}
    local = timeline.plan.local if timeline.plan else None
    if ROLE_BOTH in roles or local or timeline.loopback:
        return True
    return False if local is False or {ROLE_SERVER, ROLE_GENERATOR} <= roles else None


def are_loopback(urls: Iterable[str]) -> bool:
    """Whether those that are URLs, and there are some, all lead to the machine that k6 runs on."""
    hosts = {host for url in set(urls) if "://" in url and (host := _host(url))}
    return bool(hosts) and all(_is_loopback(host) for host in hosts)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # a name is any text
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761, 6.3
