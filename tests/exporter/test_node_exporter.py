"""Our host metrics are node_exporter's: recorded from one that read the same files, and asked of a real one here."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import pytest
import requests
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from exporter.catalogue import CATALOGUE, make
from exporter.guard import Guard
from exporter.settings import Settings
from tests.exporter.fake_host import collectors
from tests.exporter.next_door import node_exporter, program

RECORDED: Final = Path(__file__).parent / "node_exporter-1.5.txt"
"""What node_exporter 1.5.0 wrote with --path.procfs and --path.sysfs at this folder's, and without netlink."""

COLLECTORS: Final = (
    *("conntrack", "cpu", "diskstats", "filefd", "loadavg", "meminfo", "netclass", "netdev", "netstat"),
    *("pressure", "sockstat", "softnet", "stat", "time", "uname", "vmstat"),
)
"""Those of node_exporter that have what ours have."""

NOT_OURS: Final = (
    "node_disk_info",  # from udev's files, one a disk
    "node_network_receive_nohandler",  # by netlink alone
    "node_time_clocksource",
    "node_time_zone",
    "node_cpu_core_throttles",  # of real hardware
    "node_cpu_package_throttles",
    "node_exporter_build_info",
    "node_scrape_collector",
)
"""What those report and ours do not. Of netclass, which reads 20 files an interface, ours have the speed alone."""

Labels = tuple[tuple[str, str], ...]


class Family(NamedTuple):
    kind: str
    documentation: str
    values: dict[Labels, float]


def families(text: str) -> dict[str, Family]:
    """Every host metric, by name."""
    return {
        family.name: Family(
            family.type,
            family.documentation,
            {tuple(sorted(sample.labels.items())): sample.value for sample in family.samples},
        )
        for family in text_string_to_metric_families(text)
        if family.name.startswith("node_")
    }


def of_ours(theirs: dict[str, Family], ours: dict[str, Family]) -> dict[str, Family]:
    """Theirs without what ours leave out on purpose."""
    traffic = ("node_network_receive_", "node_network_transmit_")
    of_netclass = {
        name
        for name in theirs
        if (name.startswith("node_network_") and not name.startswith(traffic)) or name.endswith("transmit_queue_length")
    } - {"node_network_speed_bytes"}
    return {
        name: family
        for name, family in theirs.items()
        if name in ours or not (name.startswith(NOT_OURS) or name in of_netclass)
    }


def test_names_types_help_labels_and_values_are_those_that_it_made_of_the_same_files() -> None:
    ours = families(generate_latest(Guard(collectors())).decode())
    theirs = families(RECORDED.read_text())
    ours = {name: family for name, family in ours.items() if not name.startswith(("node_uname", "node_time"))}
    assert ours.keys() == of_ours(theirs, ours).keys()
    for name, family in ours.items():
        assert family._replace(values={}) == theirs[name]._replace(values={})
        assert family.values == pytest.approx(theirs[name].values, rel=1e-12), name
    assert len(ours) == 145


def test_names_types_help_and_labels_are_those_of_one_on_this_machine(tmp_path: Path) -> None:
    path = program()
    if path is None:
        pytest.skip("there is no node_exporter here, and no package of one")
    with node_exporter(path, COLLECTORS, tmp_path / "log") as (_, address):
        theirs = families(requests.get(f"http://{address}/metrics", timeout=10).text)
    chosen, _ = make([line for line in CATALOGUE if line.of_node_exporter], Settings())
    ours = families(generate_latest(Guard(chosen)).decode())
    assert described(ours) == described(of_ours(theirs, ours))


def described(of: dict[str, Family]) -> dict[str, tuple[str, str, set[Labels]]]:
    """Without the values, which differ from moment to moment."""
    return {name: (family.kind, family.documentation, set(family.values)) for name, family in of.items()}
