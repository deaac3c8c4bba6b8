"""The edge to a network driver: its name and its own counters, as ``ethtool -S`` shows them, without root.

ioctl(2) with SIOCETHTOOL, as described in linux/ethtool.h; every number is of the machine's own byte order.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
import sys
from array import array
from typing import Final

SIOCETHTOOL: Final = 0x8946
GET_DRIVER: Final = 0x03
GET_STRINGS: Final = 0x1B
GET_STATISTICS: Final = 0x1D
GET_STRING_SET_SIZES: Final = 0x37
STATISTICS: Final = 1
"""The set of strings that names the counters (ETH_SS_STATS)."""

NAME_BYTES: Final = 32
ROOM: Final = 2
"""The kernel writes as many counters as there are when it is asked for them, whatever size it was told: a driver that
is given more queues in between would write past the end. So the buffer has room for twice as many."""

NO_SUCH_THING: Final = frozenset({errno.EOPNOTSUPP, errno.ENODEV, errno.EINVAL})


class Ethtool:
    """Reads the interfaces of this process's own network namespace."""

    def interfaces(self) -> list[str]:
        """Their names; none where the system is not Linux."""
        return [name for _, name in socket.if_nameindex()] if sys.platform == "linux" else []

    def driver(self, interface: str) -> str | None:
        """``ena``, ``virtio_net``, ``veth``; None where the interface has none, or is gone."""
        answer = _ask(interface, array("B", struct.pack("=I192x", GET_DRIVER)))
        return _text(answer[4 : 4 + NAME_BYTES]) if answer else None

    def statistics(self, interface: str) -> dict[str, int]:
        """The driver's counters by the driver's own names; empty where it has none, or is gone.

        Raises OSError where the kernel refuses, ValueError where the counters changed while they were read.
        """
        sizes = _ask(interface, array("B", struct.pack("=IIQI", GET_STRING_SET_SIZES, 0, 1 << STATISTICS, 0)))
        if sizes is None:
            return {}
        _, _, sets, count = struct.unpack_from("=IIQI", sizes)
        if not sets or not count:
            return {}
        room = ROOM * count
        strings = _ask(
            interface, array("B", struct.pack("=III", GET_STRINGS, STATISTICS, count) + bytes(NAME_BYTES * room))
        )
        values = _ask(interface, array("B", struct.pack("=II", GET_STATISTICS, count) + bytes(8 * room)))
        if strings is None or values is None:
            return {}
        named, counted = struct.unpack_from("=I", strings, 8)[0], struct.unpack_from("=I", values, 4)[0]
        if named != counted or counted > room:
            raise ValueError(f"the driver of {interface} has {named} names for {counted} counters")
        names = (_text(strings[12 + NAME_BYTES * at : 12 + NAME_BYTES * (at + 1)]) for at in range(counted))
        return dict(zip(names, struct.unpack_from(f"={counted}Q", values, 8), strict=True))


def _ask(interface: str, request: array[int]) -> array[int] | None:
    """The request as the kernel filled it in; None where there is no such thing to ask for."""
    # struct ifreq: the name of the interface, and a union that holds a pointer to the request.
    pointer = struct.pack("16sP16x", os.fsencode(interface), request.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        try:
            fcntl.ioctl(door, SIOCETHTOOL, pointer)
        except OSError as error:
            if error.errno in NO_SUCH_THING:
                return None
            raise
    return request


def _text(padded: array[int]) -> str:
    return padded.tobytes().split(b"\0", 1)[0].decode("ascii", "replace")
