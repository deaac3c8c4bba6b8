"""``python infra/ec2/instance_types.py [--check]``: write the table of instance types that the exporter carries.

Its source is what moto ships: the answers of EC2's own DescribeInstanceTypes, collected from all regions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

from rules.generated import write_or_check

COMMAND: Final = "python infra/ec2/instance_types.py"
PATH: Final = Path(__file__).parents[2] / "exporter" / "ec2" / "instance_types.json"
MOTO: Final = ("5.2.5", "2026-10-27")
"""The release that the table is made from, and its date: moto itself does not carry one."""
COLUMNS: Final = ("vCPUs", "memory in MiB", "baseline bandwidth in Gbit/s", "burst bandwidth in Gbit/s")


def row(described: dict[str, Any]) -> list[float]:
    """One instance type's values in the order of COLUMNS; bandwidth is the sum over its network cards."""
    cards = described["NetworkInfo"]["NetworkCards"]
    return [
        described["VCpuInfo"]["DefaultVCpus"],
        described["MemoryInfo"]["SizeInMiB"],
        round(sum(card["BaselineBandwidthInGbps"] for card in cards), 3),
        round(sum(card["PeakBandwidthInGbps"] for card in cards), 3),
    ]


def render() -> str:
    """The table as JSON, one instance type a line."""
    version, date = MOTO
    if metadata.version("moto") != version:
        sys.exit(f"moto is {metadata.version('moto')}, not {version}: write its version and date into {__file__}")
    packed = resources.files("moto").joinpath("ec2", "resources", "instance_types.json.gz").read_bytes()
    described: dict[str, dict[str, Any]] = json.loads(gzip.decompress(packed))
    head = {
        "source": f"EC2's DescribeInstanceTypes, as shipped with moto {version} of {date}",
        "columns": COLUMNS,
    }
    rows = (f"{json.dumps(name)}: {json.dumps(row(described[name]))}" for name in sorted(described))
    return json.dumps(head, indent=0)[:-2] + ',\n"types": {\n' + ",\n".join(rows) + "\n}\n}\n"


def main() -> int:
    """The exit code: 1 where ``--check`` finds the table stale."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the table of EC2 instance types, or check it.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the table is stale")
    return write_or_check({PATH: render()}, check=parser.parse_args().check, command=COMMAND, out=sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
