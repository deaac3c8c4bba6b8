from __future__ import annotations

from collections.abc import Iterator

import pytest

from exporter.ec2.imds import Imds
from exporter.ec2.instance import Instance
from tests.exporter.ec2.fake_imds import FakeImds
from tests.exporter.raw_http import over_tcp


@pytest.fixture
def service() -> FakeImds:
    """A metadata service; what it says can be changed."""
    return FakeImds()


@pytest.fixture
def instance(service: FakeImds) -> Iterator[Instance]:
    """The instance that ``service`` describes."""
    with over_tcp(service) as url:
        yield Instance(Imds(url))
