"""Other runs at the same time: those that may have shared the server, and those that cannot be told from this one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from rules import names
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.signals.load import VUS, began
from rules.signals.signal import milliseconds, where

BRUSHED: Final = 3
"""Samples of k6_vus; a run with fewer in the time of another ended as that one began."""
TOGETHER_SECONDS: Final = 30.0
"""Two of the slowest pushes that are to be served."""
FINELY_SECONDS: Final = 5.0
MOST_STEPS: Final = 2000
"""So finely, but in no more steps, it is looked when each series began."""
MOST_NAMED: Final = 3
UNTAGGED: Final = "an untagged run"


def beside(client: Prometheus, run: Run) -> list[str]:
    """A note where other runs went on at the same time, by their testids; raises PrometheusError."""
    seen = client.instant(VUS.present(_whole(run)), run.end)
    running = [one["metric"].get(names.TESTID, UNTAGGED) for one in seen if float(one["value"][1]) >= BRUSHED]
    others = sorted(set(running) - {run.testid or UNTAGGED})
    if not others:
        return []
    return [f"{_few(others, ', ')} ran at the same time: of a server that they share, this is only this run's part"]


def untagged(client: Prometheus, run: Run) -> tuple[list[str], list[str]]:
    """Of an untagged ``run`` of several k6 processes: a note that they are added up, or else why it is several runs.

    Those of one test begin together. Raises PrometheusError.
    """
    if run.testid is not None:
        return [], []
    step = max(FINELY_SECONDS, (run.end - run.start) / MOST_STEPS)
    seen = client.instant(began(_whole(run), milliseconds(step), run.selector), run.end)
    named = _few(sorted({_tags(one["metric"], [other["metric"] for other in seen]) for one in seen}), " and ")
    starts = [max(float(one["value"][1]), run.start) for one in seen]
    apart = max(starts, default=0.0) - min(starts, default=0.0)
    if apart > TOGETHER_SECONDS + step:
        return [], [f"several untagged runs overlap: {named} began {apart:.0f} s apart"]
    return ([f"{len(seen)} k6 processes are added up, as they began together: {named}"] if len(seen) > 1 else []), []


def _few(told: Sequence[str], between: str) -> str:
    """The first of ``told``, and how many more there are."""
    more = f" and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return between.join(told[:MOST_NAMED]) + more


def _tags(labels: Mapping[str, str], among: Sequence[Mapping[str, str]]) -> str:
    """The tags by which ``labels`` differ from others ``among`` them, as matchers."""
    own = {name: value for name, value in labels.items() if any(other.get(name) != value for other in among)}
    return where(**own) or "one without a tag"


def _whole(run: Run) -> str:
    return f"{math.ceil(run.end - run.start) + 1}s"
