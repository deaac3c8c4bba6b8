from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest

from exporter.collectors.ec2_identity import Ec2IdentityCollector
from exporter.ec2.imds import Imds, ImdsError
from exporter.ec2.instance import Instance, Interruption, parse_identity, parse_interruption
from exporter.errors import NothingHere
from tests.exporter.ec2.fake_imds import DOCUMENT, FakeImds
from tests.exporter.raw_http import over_tcp

NOTICE = '{"action": "terminate", "time": "2026-11-25T10:00:30Z"}'


def described(**changed: object) -> str:
    return json.dumps(DOCUMENT | changed)


def test_the_identity_document_gives_what_the_instance_is() -> None:
    assert asdict(parse_identity(described(), "spot")) == {
        "instance_id": "i-0123456789abcdef0",
        "instance_type": "t3.micro",
        "availability_zone": "eu-central-1a",
        "region": "eu-central-1",
        "image_id": "ami-0123456789abcdef0",
        "architecture": "x86_64",
        "life_cycle": "spot",
    }


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<html>",
        "[]",
        "null",
        "[" * 3000,
        described(instanceId=None),
        described(region="x\n"),
        described(instanceType=""),
    ],
)
def test_what_is_no_identity_document_is_an_error_and_not_a_label(document: str) -> None:
    with pytest.raises(ImdsError):
        parse_identity(document, "on-demand")


def test_a_spot_notice_says_what_and_when() -> None:
    assert parse_interruption(NOTICE) == Interruption("terminate", 1795600830.0)


@pytest.mark.parametrize(
    "notice",
    ["", "{}", '{"action": "stop"}', '{"action": "stop", "time": 5}', '{"action": "stop", "time": "2026-11-25"}'],
)
def test_a_notice_without_a_time_is_an_error(notice: str) -> None:
    with pytest.raises(ImdsError):
        parse_interruption(notice)


def test_the_identity_is_asked_for_once_and_the_notice_only_of_spot_instances(
    instance: Instance, service: FakeImds
) -> None:
    collector = Ec2IdentityCollector(instance)
    for _ in range(3):
        assert [family.name for family in collector.collect()] == ["ec2_instance_info"]
    assert len(service.asked) == 3  # token, document, life cycle


def test_a_spot_instance_without_notice_has_no_time_and_with_one_it_has(instance: Instance, service: FakeImds) -> None:
    service.texts["/meta-data/instance-life-cycle"] = "spot"
    collector = Ec2IdentityCollector(instance)
    assert len(list(collector.collect())) == 1
    service.texts["/meta-data/spot/instance-action"] = NOTICE
    info, interruption = collector.collect()
    assert info.samples[0].labels["life_cycle"] == "spot"
    assert [(one.labels, one.value) for one in interruption.samples] == [({"action": "terminate"}, 1795600830.0)]


@pytest.mark.parametrize(
    ("break_it", "kind"),
    [
        (lambda texts: texts.pop("/dynamic/instance-identity/document"), NothingHere),
        (lambda texts: texts.update({"/dynamic/instance-identity/document": "garbage"}), ImdsError),
    ],
)
def test_a_refusal_is_repeated_for_a_minute_and_then_asked_about_again(
    break_it: Callable[[dict[str, str]], object], kind: type[Exception], service: FakeImds
) -> None:
    good, now = dict(service.texts), [0.0]
    with over_tcp(service) as url:
        instance = Instance(Imds(url), clock=lambda: now[0])
        break_it(service.texts)
        for _ in range(3):
            with pytest.raises(kind):
                instance.identity()
        assert service.asked.count("GET /latest/dynamic/instance-identity/document") == 1
        service.texts = good
        now[0] = 60.0
        assert instance.identity().instance_type == "t3.micro"
