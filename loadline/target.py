"""Can the system under test be reached at all? Asked once, by connecting, before any load."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from exporter.listen import show
from loadline.errors import TargetError

CONNECT_SECONDS = 5.0


def check(url: str) -> None:
    """Connect to the URL's host and port and hang up; raises TargetError. No request is sent: one may change data."""
    host, port = _address(url)
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: a host that is no name, such as a..b
        reason = "no answer in time" if isinstance(error, TimeoutError) else getattr(error, "strerror", None) or error
        raise TargetError(
            f"{show(host, port)} cannot be reached ({reason})",
            "Is the server up, the port right, and open to this machine (security group, firewall)?",
        ) from error


def is_local(url: str) -> bool:
    """Whether the URL is on this very machine, which then is server and generator in one."""
    try:
        found = socket.getaddrinfo(*_address(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(_is_ours(family, str(address[0])) for family, _, _, _, address in found)


def _is_ours(family: socket.AddressFamily, host: str) -> bool:
    """What is sent to an address of one's own comes from that very address; asking for the way there sends nothing."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if address.is_loopback or address.is_unspecified:
        return True
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
            return str(probe.getsockname()[0]) == host
    except OSError:  # there is no way
        return False


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
