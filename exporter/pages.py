"""What is answered: ``/metrics`` in Prometheus's text format, ``/healthz``, a landing page, and 404 elsewhere."""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from html import escape
from typing import Final
from urllib.parse import parse_qs, urlsplit

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import gzip_accepted

from exporter.guard import Guard
from exporter.watched import State

# Always this format, as node_exporter does: OpenMetrics, which Prometheus 2 prefers, has nothing to add to these
# metrics, and prometheus_client takes twice the CPU for it (1.6 ms in place of 0.8 for 334 samples).
METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"

TIMEOUT_HEADER: Final = "X-Prometheus-Scrape-Timeout-Seconds"
FASTEST: Final = 1
"""gzip's level: a tenth of the CPU of the highest, for a sixth more bytes."""

Headers = Mapping[str, str] | Message
"""Of a request; names in any case where they come from a client."""


@dataclass(frozen=True)
class Reply:
    """What goes out; ``headers`` is without the length."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def in_text(status: int, said: str) -> Reply:
    """A reply of one line."""
    return Reply(status, f"{said}\n".encode(), {"Content-Type": TEXT})


@dataclass(frozen=True)
class Scrape:
    """The guard as one request asks it: a prometheus_client collector that knows how long the client waits."""

    guard: Guard
    timeout: float | None

    def collect(self) -> Iterator[Metric]:
        return self.guard.scrape(self.timeout)


class Pages:
    """``left_out`` says of each collector that was not made why, by name."""

    def __init__(self, guard: Guard, left_out: Mapping[str, str] | None = None) -> None:
        self._guard = guard
        self._left_out = dict(left_out or {})

    def answer(self, target: str, headers: Headers) -> Reply:
        """To GET ``target``, which is path and query. ``/metrics?name[]=…`` gives the named metrics only."""
        url = urlsplit(target)
        match url.path:
            case "/metrics":
                return self._metrics(parse_qs(url.query).get("name[]", []), headers)
            case "/healthz":
                return in_text(200, "ok")
            case "/" | "":
                return Reply(200, self._landing_page().encode(), {"Content-Type": HTML})
            case _:
                return in_text(404, "not found; see /metrics")

    def _metrics(self, only: list[str], headers: Headers) -> Reply:
        scrape = Scrape(self._guard, _seconds(headers.get(TIMEOUT_HEADER)))
        body = generate_latest(_restricted(scrape, only) if only else scrape)
        out = {"Content-Type": METRICS_TYPE}
        if gzip_accepted(headers.get("Accept-Encoding", "")):
            body = gzip.compress(body, FASTEST)
            out["Content-Encoding"] = "gzip"
        return Reply(200, body, out)

    def _landing_page(self) -> str:
        rows = [(name, _SHOWN[state], why) for name, state, why in self._guard.states()]
        rows += [(name, "off", why) for name, why in self._left_out.items()]
        cells = "\n".join(
            f"<tr><td>{escape(name)}</td><td>{escape(state)}</td><td>{escape(why)}</td></tr>"
            for name, state, why in rows
        )
        return _PAGE.format(cells=cells)


def _restricted(scrape: Scrape, only: list[str]) -> CollectorRegistry:
    # The guard cannot name its metrics beforehand: it would have to run every collector for it.
    registry = CollectorRegistry(support_collectors_without_names=True)
    registry.register(scrape)
    return registry.restricted_registry(only)  # type: ignore[return-value]


def _seconds(text: str | None) -> float | None:
    """A time-out as Prometheus sends it; None where it is none."""
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


_SHOWN: Final = {
    State.WORKS: "works",
    State.NOTHING_HERE: "nothing to report here",
    State.FAILS: "fails",
    None: "not asked yet",
}
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Loadline exporter</title></head>
<body><h1>Loadline exporter</h1>
<p><a href="/metrics">Metrics</a> &middot; <a href="/healthz">Health</a></p>
<table>
<tr><th align="left">Collector</th><th align="left">State</th><th align="left">Why</th></tr>
{cells}
</table></body></html>
"""
