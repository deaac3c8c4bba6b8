"""Does a URL lead to the machine itself?"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit


def are_loopback(urls: Iterable[str]) -> bool:
    """Whether those that are URLs, and there are some, all lead to the machine of whoever asks for them."""
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
