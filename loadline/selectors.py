"""Matchers as a person wrote them: what Prometheus cannot read is wrong usage, and what finds no machine is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from loadline.errors import PrometheusError, UsageError
from rules.prometheus import Prometheus
from rules.roles import Roles
from rules.signals.host import scraped_at

UNREADABLE: Final = "parse error"
"""Prometheus's words for PromQL that it cannot read."""


@contextmanager
def written(option: str) -> Iterator[None]:
    """Queries with the matchers of ``option``; raises UsageError where Prometheus cannot read them."""
    try:
        yield
    except PrometheusError as error:
        if UNREADABLE not in error.message:
            raise
        raise UsageError(f"{option}: {error.message}", 'Write PromQL matchers, such as job="k6"') from None


def look(client: Prometheus, roles: Roles, at: float, say: Callable[[str], None]) -> None:
    """Say which matchers of ``roles`` find no machine at unix time ``at``; raises UsageError and PrometheusError."""
    for option, matchers in (("--server-selector", roles.server), ("--generator-selector", roles.generator)):
        if matchers is None:
            continue
        with written(option):
            found = client.instant(scraped_at(matchers), at)
        if not found:
            say(f"{option} finds no machine: {client.url} has no CPU time of {{{matchers}}}")
