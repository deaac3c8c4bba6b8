"""The explicit, ordered list of the collectors. A new one is a file under collectors/ and a line here.

A line imports its collector only when it makes it: the command's ``--help`` reads the list and stays fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from exporter.collectors.devices import DISK_EXCLUDE, NETWORK_EXCLUDE
from exporter.collectors.process_option import PROCESSES
from exporter.errors import NothingHere
from exporter.settings import Option, Settings

if TYPE_CHECKING:
    from exporter.collector import Collector
    from exporter.ec2.instance import Instance


@dataclass(frozen=True)
class Line:
    """``name`` is the collector's own; ``make`` builds it, with production defaults from ``Settings()``.

    ``make`` raises NothingHere where the settings leave the collector nothing to do.

    ``of_node_exporter`` says that node_exporter reports the same: where one answers on this host, it is left to it.
    """

    name: str
    description: str
    make: Callable[[Settings], Collector]
    options: tuple[Option[Any], ...] = ()
    of_node_exporter: bool = False


def _cpu(settings: Settings) -> Collector:
    from exporter.collectors.cpu import CpuCollector

    return CpuCollector(settings.proc)


def _memory(settings: Settings) -> Collector:
    from exporter.collectors.memory import MemoryCollector

    return MemoryCollector(settings.proc)


def _load(settings: Settings) -> Collector:
    from exporter.collectors.load import LoadCollector

    return LoadCollector(settings.proc)


def _disk(settings: Settings) -> Collector:
    from exporter.collectors.disk import DiskCollector

    return DiskCollector(settings.proc, settings[DISK_EXCLUDE])


def _network(settings: Settings) -> Collector:
    from exporter.collectors.network import NetworkCollector

    return NetworkCollector(settings.proc, settings.sys, settings[NETWORK_EXCLUDE])


def _sockets(settings: Settings) -> Collector:
    from exporter.collectors.sockets import SocketsCollector

    return SocketsCollector(settings.proc, settings.sys)


def _filedescriptors(settings: Settings) -> Collector:
    from exporter.collectors.filedescriptors import FileDescriptorsCollector

    return FileDescriptorsCollector(settings.proc)


def _pressure(settings: Settings) -> Collector:
    from exporter.collectors.pressure import PressureCollector

    return PressureCollector(settings.proc)


def _conntrack(settings: Settings) -> Collector:
    from exporter.collectors.conntrack import ConntrackCollector

    return ConntrackCollector(settings.proc, settings.sys)


def _softnet(settings: Settings) -> Collector:
    from exporter.collectors.softnet import SoftnetCollector

    return SoftnetCollector(settings.proc, settings.sys)


def _system(settings: Settings) -> Collector:
    from exporter.collectors.system import SystemCollector

    return SystemCollector(settings.proc)


def _process(settings: Settings) -> Collector:
    if not settings[PROCESSES]:
        raise NothingHere("no process was named by --process NAME=PATTERN")
    from exporter.collectors.process import ProcessCollector

    return ProcessCollector(settings[PROCESSES], settings.proc)


def _self(settings: Settings) -> Collector:  # noqa: ARG001 - its own /proc is never a mounted one
    from exporter.collectors.self import SelfCollector

    return SelfCollector()


DOCKER_SOCKET: Final = Option[Path | None](
    "--docker-socket",
    "PATH",
    "Socket of the engine whose containers are reported; without it the environment's DOCKER_HOST, else "
    "/var/run/docker.sock.",
    default=None,
    read=Path,
)


def _containers(settings: Settings) -> Collector:
    from exporter.collectors.containers import ContainersCollector
    from exporter.containers.engine import Engine

    return ContainersCollector(Engine(settings[DOCKER_SOCKET]), settings.sys, settings.proc)


@cache
def _instance() -> Instance:
    """One for all collectors: the metadata service allows a few packets a second."""
    from exporter.ec2.instance import Instance

    return Instance()


def _ec2_identity(_: Settings) -> Collector:
    from exporter.collectors.ec2_identity import Ec2IdentityCollector

    return Ec2IdentityCollector(_instance())


def _ec2_instance_limits(_: Settings) -> Collector:
    from exporter.collectors.ec2_instance_limits import Ec2InstanceLimitsCollector

    return Ec2InstanceLimitsCollector(_instance())


def _ec2_network_allowance(_: Settings) -> Collector:
    from exporter.collectors.ec2_network_allowance import Ec2NetworkAllowanceCollector

    return Ec2NetworkAllowanceCollector()


def _ec2_cpu_credits(_: Settings) -> Collector:
    from exporter.collectors.ec2_cpu_credits import Ec2CpuCreditsCollector

    return Ec2CpuCreditsCollector(_instance())


CATALOGUE: Final = (
    Line("cpu", "CPU time per core and mode, steal included, and tasks", _cpu, of_node_exporter=True),
    Line("memory", "memory and paging", _memory, of_node_exporter=True),
    Line("load", "load averages", _load, of_node_exporter=True),
    Line("disk", "reads, writes and busy time of disks", _disk, (DISK_EXCLUDE,), of_node_exporter=True),
    Line("network", "traffic, drops and speed of interfaces", _network, (NETWORK_EXCLUDE,), of_node_exporter=True),
    Line("sockets", "sockets by state, listen overflows, retransmits", _sockets, of_node_exporter=True),
    Line("filedescriptors", "open files of the host and their limit", _filedescriptors, of_node_exporter=True),
    Line("pressure", "time in which tasks waited for CPU, memory or disk", _pressure, of_node_exporter=True),
    Line("conntrack", "tracked connections and their limit", _conntrack, of_node_exporter=True),
    Line("softnet", "packets for which a core had no room or time", _softnet, of_node_exporter=True),
    Line("system", "the clock, and what uname says", _system, of_node_exporter=True),
    Line("process", "CPU, memory, threads and open files of named processes", _process, (PROCESSES,)),
    Line("self", "the exporter's own CPU and memory", _self),
    Line("containers", "CPU, throttling, memory and network of Docker's containers", _containers, (DOCKER_SOCKET,)),
    Line("ec2_identity", "which EC2 instance this is, and a spot instance's interruption", _ec2_identity),
    Line("ec2_instance_limits", "vCPUs, memory and bandwidth of the EC2 instance type", _ec2_instance_limits),
    Line("ec2_network_allowance", "packets lost to EC2's network allowances", _ec2_network_allowance),
    Line("ec2_cpu_credits", "CPU credits of a burstable EC2 instance, from CloudWatch", _ec2_cpu_credits),
)


def make(lines: Iterable[Line], settings: Settings) -> tuple[list[Collector], dict[str, str]]:
    """The collectors of ``lines``, and why each line that is not among them has nothing to do, by name."""
    made, left_out = [], {}
    for line in lines:
        try:
            made.append(line.make(settings))
        except NothingHere as reason:
            left_out[line.name] = str(reason)
    return made, left_out
