"""Do server and load generator share a machine? Then each takes from the other what it measures."""

from __future__ import annotations

from typing import Final

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
