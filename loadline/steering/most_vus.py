"""The most VUs that a machine can make, where nobody says: its memory and its local ports are the limit."""

from __future__ import annotations

from typing import Final

VU_BYTES: Final = 300_000
"""Of k6 1.1.0 with k6/ramp.js, each with a connection: resident memory grew by 218 kB a VU from 1 to 400, 233 kB to
1,000 and 215 kB to 3,000, without the output to Prometheus; a third more for what that and the summary keep."""
K6_BYTES: Final = 100_000_000
"""k6 itself: 40 MB with one VU, and what it collects."""
MEMORY_SHARE: Final = 0.5
"""Of what is available: Prometheus, and often the system under test, are on the same machine."""
PORTS_SHARE: Final = 0.8
"""Each VU holds a connection, and one that is opened anew leaves its port waiting for a minute."""


def default_max_vus(available_bytes: int, ports: int) -> int:
    """VUs, one at least. ``ports``: local ports that the system gives to connections to one address and port."""
    by_memory = (MEMORY_SHARE * available_bytes - K6_BYTES) / VU_BYTES
    return max(1, int(min(by_memory, PORTS_SHARE * ports)))
