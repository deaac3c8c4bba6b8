"""Trees of /sys/fs/cgroup and /proc as a kernel lays them out, around one container."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NET_DEV: Final = """\
Inter-|   Receive                              |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo:   839     10    0    0    0     0          0         0   839      10    0    0    0     0       0          0
  eth0: 1000932 1000    0    5    0     0          0         0  2000042 2000    0    6    0     0       0          0
"""
V1: Final = {
    "cpu/{group}/cpu.stat": "nr_periods 40\nnr_throttled 30\nthrottled_time 2500000000\nnr_bursts 0\nburst_time 0\n",
    "cpuacct/{group}/cpuacct.usage": "7250000000\n",
    "memory/{group}/memory.usage_in_bytes": "10000000\n",
    "memory/{group}/memory.stat": "cache 5\ninactive_file 1\ntotal_cache 5\ntotal_inactive_file 4000000\n",
}
V2: Final = {
    "cgroup.controllers": "cpuset cpu io memory pids\n",
    "{group}/cpu.stat": "usage_usec 7250000\nuser_usec 7000000\nsystem_usec 250000\n"
    "nr_periods 40\nnr_throttled 30\nthrottled_usec 2500000\nnr_bursts 0\nburst_usec 0\n",
    "{group}/memory.current": "10000000\n",
    "{group}/memory.stat": "anon 6000000\nfile 4000000\ninactive_file 4000000\n",
}
MEMBER_V1: Final = "4:memory:/{member}\n2:cpu,cpuacct:/{member}\n1:name=systemd:/{member}\n0::/{member}\n"
MEMBER_V2: Final = "0::/{member}\n"


def plant(folder: Path, tree: dict[str, str], group: str) -> Path:
    """The tree below ``folder``/sys; what is to be given to the collector as its /sys."""
    for path, text in tree.items():
        file = folder / "sys" / "fs" / "cgroup" / path.format(group=group)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder / "sys"


def plant_process(folder: Path, pid: int, membership: str) -> Path:
    """A process below ``folder``/proc; what is to be given to the collector as its /proc."""
    process = folder / "proc" / str(pid)
    (process / "net").mkdir(parents=True, exist_ok=True)
    (process / "cgroup").write_text(membership)
    (process / "net" / "dev").write_text(NET_DEV)
    return folder / "proc"
