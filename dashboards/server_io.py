"""Rows of the board "Server": disks, network, connections and files."""

from __future__ import annotations

from typing import Any

from dashboards.house import time_series
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from dashboards.scope import BY_DEVICE, BY_MACHINE, SERVERS, WINDOW
from dashboards.servers import NO_PRESSURE, NOBODY, rate
from rules.signals import machine, resources


def rows() -> list[tuple[str, int, list[Any]]]:
    """Each with a heading, a height and panels."""
    return [
        ("Disk", 8, [_disk(), _disk_queue(), _disk_bytes(), _disk_waiting()]),
        ("Network", 8, [_link(), _bytes(), _drops(), _retransmits()]),
        ("Connections and files", 8, [_accept_queue(), _sockets(), _files(), _conntrack()]),
    ]


def _disk() -> Any:
    return time_series(
        "How busy are the disks?",
        "Utilisation: share of time in which the disk had work. A disk that serves many at once is not full at 100 %: "
        "look at its queue.",
        "percentunit",
        [Line(rate(resources.DISK_IO_TIME), BY_DEVICE, BLUE)],
        no_value="no disk is reported",
        maximum=1,
    )


def _disk_queue() -> Any:
    return time_series(
        "How many requests are at the disk?",
        "Saturation: requests in service or waiting, on average. One that keeps growing is a disk that cannot keep up.",
        "short",
        [Line(rate(machine.DISK_QUEUE), BY_DEVICE, ORANGE)],
        no_value="no disk is reported",
    )


def _disk_bytes() -> Any:
    return time_series(
        "Disk throughput",
        "Bytes per second that are read and written. Level at the volume's limit: it is the bottleneck.",
        "Bps",
        [
            Line(rate(machine.DISK_READ), f"read {BY_DEVICE}", SKY),
            Line(rate(machine.DISK_WRITTEN), f"written {BY_DEVICE}", PURPLE),
        ],
        no_value="no disk is reported",
    )


def _disk_waiting() -> Any:
    return time_series(
        "Does work wait for a disk?",
        "Saturation: share of time in which some task (waiting), or every one (stalled), waited for a disk.",
        "percentunit",
        [
            Line(rate(resources.IO_WAITING), f"waiting {BY_MACHINE}", ORANGE),
            Line(rate(machine.IO_STALLED), f"stalled {BY_MACHINE}", VERMILION),
        ],
        no_value=NO_PRESSURE,
        at_least=0.1,
    )


def _link() -> Any:
    return time_series(
        "How full is the link?",
        "Utilisation: bytes over what the link carries, where it is known. Most virtual machines do not know it; the "
        "allowances of EC2 are below.",
        "percentunit",
        [
            Line(machine.link_share(resources.RECEIVED, WINDOW, SERVERS), f"in {BY_DEVICE}", SKY),
            Line(machine.link_share(resources.SENT, WINDOW, SERVERS), f"out {BY_DEVICE}", PURPLE),
        ],
        no_value="no link tells its speed",
        maximum=1,
    )


def _bytes() -> Any:
    return time_series(
        "Network throughput",
        "Bytes per second on each physical interface. Level while VUs rise: look at the link and EC2's allowances.",
        "Bps",
        [
            Line(rate(resources.RECEIVED), f"in {BY_DEVICE}", SKY),
            Line(rate(resources.SENT), f"out {BY_DEVICE}", PURPLE),
        ],
        no_value="no physical interface is reported",
    )


def _drops() -> Any:
    return time_series(
        "Are packets dropped?",
        "Errors: packets per second that an interface dropped, or for which a core had no room; squeezed is how often "
        "a core ran out of time for them.",
        "pps",
        [
            Line(rate(resources.RECEIVE_DROPS), f"in {BY_DEVICE}", SKY),
            Line(rate(resources.SEND_DROPS), f"out {BY_DEVICE}", PURPLE),
            Line(rate(resources.SOFTNET_DROPS), f"no room {BY_MACHINE}", VERMILION),
            Line(rate(machine.SQUEEZED), f"squeezed {BY_MACHINE}", GREEN),
        ],
        no_value=NOBODY,
    )


def _retransmits() -> Any:
    return time_series(
        "Are TCP segments sent again?",
        "Errors: segments per second. Many, and only under load: packets are lost on the way.",
        "pps",
        [Line(rate(resources.RETRANSMITS), BY_MACHINE, VERMILION)],
        no_value=NOBODY,
    )


def _accept_queue() -> Any:
    return time_series(
        "Does the accept queue overflow?",
        "Errors: connections per second that found the queue full, or were dropped for any reason. Above 0 under load: "
        "raise somaxconn and the backlog, or accept faster.",
        "cps",
        [
            Line(rate(resources.LISTEN_OVERFLOWS), f"queue full {BY_MACHINE}", ORANGE),
            Line(rate(resources.LISTEN_DROPS), f"dropped {BY_MACHINE}", VERMILION),
        ],
        no_value=NOBODY,
    )


def _sockets() -> Any:
    return time_series(
        "How many sockets are open?",
        "TCP sockets in use, and ports that connections closed a moment ago still hold. Many of the latter: "
        "connections are not kept open.",
        "short",
        [
            Line(machine.level(resources.SOCKETS, SERVERS), f"in use {BY_MACHINE}", BLUE),
            Line(machine.level(resources.TIME_WAIT, SERVERS), f"TIME_WAIT {BY_MACHINE}", ORANGE),
        ],
        no_value=NOBODY,
    )


def _files() -> Any:
    return time_series(
        "How full is the table of open files?",
        "Utilisation: open files over what the kernel gives to all. A process's own limit is nearer: see processes.",
        "percentunit",
        [Line(machine.share(resources.FILES, resources.FILES_LIMIT, SERVERS), BY_MACHINE, GREEN)],
        no_value=NOBODY,
        maximum=1,
    )


def _conntrack() -> Any:
    return time_series(
        "How full is connection tracking?",
        "Utilisation: tracked connections over the table's size. At 100 % new connections are dropped without a word.",
        "percentunit",
        [Line(machine.share(resources.CONNTRACK, resources.CONNTRACK_LIMIT, SERVERS), BY_MACHINE, GREEN)],
        no_value="this machine tracks no connections",
        maximum=1,
    )
