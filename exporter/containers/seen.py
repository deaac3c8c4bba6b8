"""All containers of a host at one moment: what they are, and what they used where the kernel's files are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol

from exporter.containers.cgroup import Cgroups
from exporter.containers.container import Container, parse_container
from exporter.containers.engine import EngineError
from exporter.containers.usage import Usage, parse_stats

MOST_CONTAINERS: Final = 100
"""About 20 series each. The oldest are kept: those that come and go would push them out."""
AT_ONCE: Final = 8
"""Statistics that the engine is asked for together, because each takes up to a second."""


class Source(Protocol):
    """What is asked; exporter/containers/engine.py in production."""

    def running(self) -> list[dict[str, Any]]:
        """Every running container in short."""

    def inspect(self, container_id: str) -> dict[str, Any] | None:
        """Everything about one; None where it is gone."""

    def stats(self, container_id: str) -> dict[str, Any] | None:
        """What one has used; None where it is gone."""


@dataclass(frozen=True)
class Seen:
    """``usages`` are of those containers whose files are hidden, by id; ``left_out`` is how many more run."""

    containers: tuple[Container, ...]
    usages: Mapping[str, Usage]
    left_out: int


def look(engine: Source, cgroups: Cgroups, most: int = MOST_CONTAINERS) -> Seen:
    """Ask the engine. Raises NothingHere without one, EngineError where it misbehaves."""
    try:
        listed = sorted(engine.running(), key=lambda one: (one["Created"], one["Id"]))
        kept = [str(one["Id"]) for one in listed[:most]]
        containers = [parse_container(found) for one in kept if (found := engine.inspect(one)) is not None]
        hidden = [one.id for one in containers if one.pid and cgroups.read(one) is None]
        usages = dict(_ask_for(engine, hidden)) if hidden else {}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EngineError(f"Docker's engine described a container in a strange way: {error!r}") from None
    return Seen(tuple(sorted(containers, key=lambda one: one.name)), usages, len(listed) - len(kept))


def _ask_for(engine: Source, ids: list[str]) -> Iterable[tuple[str, Usage]]:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="docker-stats") as together:
        for one, stats in zip(ids, together.map(engine.stats, ids), strict=True):
            usage = parse_stats(stats) if stats is not None else None
            if usage is not None:
                yield one, usage
