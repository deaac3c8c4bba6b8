"""Which machines are the server and which make the load: by the target label ``role``, or by matchers of one's own.

In a Prometheus that many teams share, ``role`` is on the machines of others too, or means something else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from rules import names
from rules.series import AnySeries
from rules.signals.host import ANY_ROLE, GENERATOR, SERVER

Ask = Callable[[str], list[AnySeries]]
"""The series that matchers of machines select."""


@dataclass(frozen=True)
class Roles:
    """PromQL matchers of the server's machines, and of the load generator's; None is the label ``role``."""

    server: str | None = None
    generator: str | None = None

    @property
    def given(self) -> bool:
        return self.server is not None or self.generator is not None

    def asked(self, ask: Ask) -> list[AnySeries]:
        """What ``ask`` finds for all of the machines, each series with the role of its machine as a label."""
        if not self.given:
            return ask(ANY_ROLE)
        servers, generators = ask(self.server or SERVER), ask(self.generator or GENERATOR)
        serve, load = ({one.labels.get(names.INSTANCE) for one in some} for some in (servers, generators))
        every = {frozenset(one.labels.items()): one for one in (*servers, *generators)}  # those of both come twice

        def role(instance: str | None) -> str:
            if instance in serve and instance in load:
                return names.ROLE_BOTH
            return names.ROLE_SERVER if instance in serve else names.ROLE_GENERATOR

        return [_with_role(one, role(one.labels.get(names.INSTANCE))) for one in every.values()]

    def resolved(self, query: str | None) -> str | None:
        """``query`` of a finding as it asks for these machines."""
        if query is None:
            return None
        return query.replace(SERVER, self.server or SERVER).replace(GENERATOR, self.generator or GENERATOR)


BY_LABEL: Final = Roles()


def _with_role(one: AnySeries, role: str) -> AnySeries:
    return replace(one, labels={**one.labels, names.ROLE: role})
