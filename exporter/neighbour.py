"""Whether a node_exporter answers on this host: then the host's metrics are left to it."""

from __future__ import annotations

import http.client
from typing import Final

from exporter import names
from exporter.listen import parse_listen

TIMEOUT_SECONDS: Final = 1.0
MOST_BYTES: Final = 4_000_000
"""A node_exporter on a host of 500 cores writes less."""


def is_node_exporter(address: str, timeout: float = TIMEOUT_SECONDS) -> bool:
    """Whether what answers on HOST:PORT within ``timeout`` seconds serves CPU time as node_exporter does.

    One that asks for TLS or a password cannot be told, and is none. Raises ExporterError where the address is bad.
    """
    host, port = parse_listen(address)
    connection = http.client.HTTPConnection(host or "localhost", port, timeout=timeout)
    try:
        connection.request("GET", "/metrics?collect[]=cpu")
        reply = connection.getresponse()
        return reply.status == 200 and f"\n{names.NODE_CPU_SECONDS}{{".encode() in reply.read(MOST_BYTES)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
