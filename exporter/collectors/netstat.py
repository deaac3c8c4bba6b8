"""The counters of IP, ICMP, TCP and UDP that the kernel keeps in /proc/net/netstat, snmp and snmp6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

FIELDS: Final = re.compile(
    "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)"
    "|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts)"
    "|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)"
    "|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$"
)
"""Protocol and field of what is reported: node_exporter's own choice."""

Field = tuple[str, str]
"""Protocol and field, as in ("TcpExt", "ListenDrops")."""


def parse_pairs(text: str) -> Iterator[tuple[Field, int]]:
    """Of netstat and snmp, where a line of names goes before each line of values. Raises ValueError if not so."""
    lines = text.splitlines()
    for header, line in zip(lines[::2], lines[1::2], strict=True):
        values = line.split()
        for index, field in _wanted(header):
            yield field, int(values[index])


def parse_lines(text: str) -> Iterator[tuple[Field, int]]:
    """Of snmp6, where each line is a name and a value; the name is protocol, 6 and field."""
    for line in text.splitlines():
        name, value = line.split()
        if field := _wanted6(name):
            yield field, int(value)


@cache
def _wanted(header: str) -> tuple[tuple[int, Field], ...]:
    """Position and field of what is reported. The headers of a kernel are always the same."""
    protocol, *fields = header.replace(":", "", 1).split()
    return tuple((index, (protocol, field)) for index, field in enumerate(fields, 1) if _is_reported(protocol, field))


@cache
def _wanted6(name: str) -> Field | None:
    protocol, six, field = name.partition("6")
    return (protocol + six, field) if six and _is_reported(protocol + six, field) else None


def _is_reported(protocol: str, field: str) -> bool:
    return FIELDS.match(f"{protocol}_{field}") is not None
