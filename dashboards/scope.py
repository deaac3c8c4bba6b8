"""What a board looks at: one run, several, or machines; as PromQL matchers and as the drop-downs that fill them."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals import host
from rules.signals.load import OF_TESTS

WINDOW: Final = "$__rate_interval"
RANGE: Final = "$__range"
MACHINE: Final = "machine"
RUN: Final = f'{names.TESTID}="${names.TESTID}",{OF_TESTS}'
"""Grafana escapes quotes and backslashes in the value of a variable that takes one value only. Where no test ran
it is empty, as the probe's testid is."""
MACHINES: Final = f'{names.INSTANCE}=~"${MACHINE}"'
SERVERS: Final = f"{host.SERVER},{MACHINES}"
GENERATORS: Final = f"{host.GENERATOR},{MACHINES}"
EVERY_SERVER: Final = host.SERVER
EVERY_GENERATOR: Final = host.GENERATOR

BY_MACHINE: Final = f"{{{{{names.INSTANCE}}}}}"
BY_DEVICE: Final = f"{BY_MACHINE} {{{{{names.DEVICE}}}}}"
BY_CORE: Final = f"{BY_MACHINE} core {{{{{names.CPU}}}}}"
