from __future__ import annotations

import json
from pathlib import Path

import pytest

from exporter.collectors.ec2_instance_limits import Ec2InstanceLimitsCollector
from exporter.ec2.instance import Instance
from exporter.ec2.instance_types import TABLE, InstanceType, baseline_ratio, credits_per_hour, look_up
from exporter.errors import NothingHere
from tests.exporter.ec2.fake_imds import DOCUMENT, FakeImds

GIGABIT = 125_000_000
GIB = 2**30


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # docs.aws.amazon.com/ec2/latest/instancetypes, network specifications: general purpose, compute and memory
        # optimized instances.
        ("t3.micro", InstanceType(2, GIB, 0.064 * GIGABIT, 5 * GIGABIT)),
        ("m5.large", InstanceType(2, 8 * GIB, 0.75 * GIGABIT, 10 * GIGABIT)),
        ("c5.xlarge", InstanceType(4, 8 * GIB, 1.25 * GIGABIT, 10 * GIGABIT)),
        ("m6i.2xlarge", InstanceType(8, 32 * GIB, 3.125 * GIGABIT, 12.5 * GIGABIT)),
        ("r6i.4xlarge", InstanceType(16, 128 * GIB, 6.25 * GIGABIT, 12.5 * GIGABIT)),
        ("c7g.large", InstanceType(2, 4 * GIB, 0.937 * GIGABIT, 12.5 * GIGABIT)),
        ("c5n.18xlarge", InstanceType(72, 192 * GIB, 100 * GIGABIT, 100 * GIGABIT)),
        ("p5.48xlarge", InstanceType(192, 2048 * GIB, 3200 * GIGABIT, 3200 * GIGABIT)),
    ],
)
def test_the_table_has_the_published_figures(name: str, published: InstanceType) -> None:
    assert look_up(name) == published


def test_the_table_says_where_it_is_from_and_every_row_makes_sense() -> None:
    table = json.loads(TABLE.read_text())
    assert table["source"].startswith("EC2's DescribeInstanceTypes, as shipped with moto ")
    assert len(table["types"]) > 1000
    for name, (vcpus, memory, baseline, burst) in table["types"].items():
        assert vcpus >= 1, name
        assert memory >= 512, name
        assert 0 < baseline <= burst, name


@pytest.mark.parametrize(
    ("name", "vcpus", "share"),
    [
        # The table at "Key concepts for burstable performance instances" in the EC2 user guide.
        ("t2.nano", 1, 0.05),
        ("t2.micro", 1, 0.10),
        ("t2.xlarge", 4, 0.225),
        ("t2.2xlarge", 8, 0.17),
        ("t3.micro", 2, 0.10),
        ("t3.small", 2, 0.20),
        ("t3a.large", 2, 0.30),
        ("t4g.2xlarge", 8, 0.40),
    ],
)
def test_the_baseline_is_what_is_earned_of_all_vcpus(name: str, vcpus: int, share: float) -> None:
    assert baseline_ratio(name, vcpus) == pytest.approx(share)


def test_credits_are_known_of_every_burstable_type_of_the_table_and_of_no_other() -> None:
    known = {name for name in json.loads(TABLE.read_text())["types"] if credits_per_hour(name) is not None}
    assert known == {f"{family}.{size}" for family in ("t2", "t3", "t3a", "t4g") for size in SIZES}


SIZES = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")


def values(collector: Ec2InstanceLimitsCollector) -> dict[str, float]:
    return {sample.name: sample.value for family in collector.collect() for sample in family.samples}


def of_type(name: str, service: FakeImds) -> None:
    service.texts["/dynamic/instance-identity/document"] = json.dumps(DOCUMENT | {"instanceType": name})


def test_a_burstable_type_has_a_baseline(instance: Instance) -> None:
    assert values(Ec2InstanceLimitsCollector(instance)) == {
        "ec2_instance_vcpus": 2,
        "ec2_instance_memory_bytes": 1073741824,
        "ec2_instance_network_baseline_bytes_per_second": 8_000_000,
        "ec2_instance_network_burst_bytes_per_second": 625_000_000,
        "ec2_instance_cpu_baseline_ratio": 0.1,
    }


def test_another_type_has_none(instance: Instance, service: FakeImds) -> None:
    of_type("m5.large", service)
    assert "ec2_instance_cpu_baseline_ratio" not in values(Ec2InstanceLimitsCollector(instance))


def test_a_type_newer_than_the_table_is_left_out_with_the_tables_date(
    instance: Instance, service: FakeImds, tmp_path: Path
) -> None:
    of_type("z99.large", service)
    table = tmp_path / "table.json"
    table.write_text('{"source": "a list of 2026-10-27", "types": {}}')
    with pytest.raises(NothingHere, match=r"z99\.large is not in the table of instance types \(a list of 2026-10-27\)"):
        values(Ec2InstanceLimitsCollector(instance, table))
