"""Find runs. A run is a selector and one contiguous stretch of ``k6_vus``, in which k6 did not begin anew.

So a testid used twice gives two runs, and a run without a testid is found by selector and time. A run that steered
itself has parts, which k6 tagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rules import begun_anew, names, parts
from rules.errors import UnknownRunError
from rules.prometheus import Prometheus
from rules.roles import BY_LABEL, Roles
from rules.series import AnySeries, Floats
from rules.signals.load import OF_TESTS, VUS
from rules.signals.signal import where, where_any
from rules.timeline import Span

SPLIT_SECONDS = 120.0
"""A longer silence ends a run. Gaps of a minute are to be survived, with pushes of up to 15 s around them."""
LOOKBACK_SECONDS = 15 * 86400.0
"""How far back a testid is looked for: Prometheus's default retention."""
LONGEST_SECONDS = 7 * 86400.0
"""How long a live run may have lasted for its beginning to be found."""
RECENT_SECONDS = 600.0
AHEAD_SECONDS = 600.0
"""How far ahead of its own clock Prometheus takes samples (3.14: storage/remote/write_handler.go, maxAheadTime)."""
READ_WHOLE_SECONDS = 3600.0
"""In what is longer, only a silence tells one run from the next."""
FINE_SECONDS = 60.0
_COARSE_POINTS = 5000


@dataclass(frozen=True)
class Run:
    """One run: its PromQL matchers, and unix seconds of its first and last ``k6_vus`` sample."""

    testid: str | None
    selector: str
    start: float
    end: float
    parts: tuple[Span, ...] = ()
    """In their order. Told of a run of READ_WHOLE_SECONDS at most; none that steers itself is longer."""
    roles: Roles = BY_LABEL
    """Which machines were the server's and the load generator's."""

    @property
    def main(self) -> Run:
        """What the maximum is read from: all ramps together; the probe where there is none; else the whole run."""
        ramps = [span for span in self.parts if parts.kind(span.name) == parts.RAMP]
        return self._of(ramps or [span for span in self.parts if parts.kind(span.name) == parts.PROBE])

    @property
    def probes(self) -> list[Run]:
        """Those that a ramp followed, in their order; where none did, they are what the maximum is read from."""
        ramped = any(parts.kind(span.name) == parts.RAMP for span in self.parts)
        return [self._of([span]) for span in self.parts if ramped and parts.kind(span.name) == parts.PROBE]

    @property
    def holds(self) -> list[Run]:
        """The confirmations, in their order."""
        return [self._of([span]) for span in self.parts if parts.kind(span.name) == parts.CONFIRMATION]

    def _of(self, spans: Sequence[Span]) -> Run:
        if not spans:
            return self
        only = f"{self.selector},{where_any(names.PART, [span.name for span in spans])}"
        return Run(self.testid, only, spans[0].start, spans[-1].end, roles=self.roles)


def find(client: Prometheus, selector: str, start: float, end: float) -> list[Run]:
    """The runs that ``selector`` (PromQL matchers, ``testid="a"``) has between ``start`` and ``end``, oldest first."""
    step = max(60.0, (end - start) / _COARSE_POINTS)
    seen = client.range(VUS.present(f"{round(step * 1000)}ms", selector, OF_TESTS), start, end + step, step)
    found = []
    for series in seen:
        testid = series.labels.get(names.TESTID)
        only = where(testid=testid) if testid is not None else f'{names.TESTID}="",{OF_TESTS}'
        matchers = only if selector in ("", only) else f"{selector},{only}"
        for since, until in _stretches(series.times, SPLIT_SECONDS + 2 * step):
            found += _exactly(client, Run(testid, matchers, max(start, since - step), min(end, until)))
    return sorted(found, key=lambda run: run.start)


def _exactly(client: Prometheus, about: Run) -> list[Run]:
    """Each run within ``about``, from its first sample to its last; of a long one only the ends are read."""
    selector, start, end = VUS.selector(about.selector), about.start, about.end
    if end - start <= READ_WHOLE_SECONDS:
        seen = client.raw(selector, start, end)
        anew = begun_anew.moments(client, about.selector, seen)
        spans = _stretches(_all_times(seen), SPLIT_SECONDS, anew)
        return [replace(about, start=a, end=b, parts=_parts(seen, a, b)) for a, b in spans]
    step = max(FINE_SECONDS, (end - start) / _COARSE_POINTS)
    times = _all_times(client.range(VUS.counted(selector, f"{round(step * 1000)}ms"), start, end + step, step))
    found = []
    for first, last in _stretches(times, SPLIT_SECONDS + step):
        head = _all_times(client.raw(selector, max(start, first - step), first))
        tail = _all_times(client.raw(selector, max(start, last - 2 * step), min(end, last)))
        if head.size and tail.size:
            found.append(replace(about, start=float(head[0]), end=float(tail[-1])))
    return found


def _parts(seen: Sequence[AnySeries], start: float, end: float) -> tuple[Span, ...]:
    """The parts between ``start`` and ``end`` by the tag of each series, the first one first."""
    spans: dict[str, Span] = {}
    for one in seen:
        name, times = one.labels.get(names.PART), one.times[(one.times >= start) & (one.times <= end)]
        if name and times.size:
            first, last = float(times[0]), float(times[-1])
            other = spans.get(name, Span(name, first, last))
            spans[name] = Span(name, min(first, other.start), max(last, other.end))
    return tuple(sorted(spans.values(), key=lambda span: span.start))


def unknown(client: Prometheus, testid: str | None, start: float, end: float) -> UnknownRunError:
    """The error that says which testids there are instead."""
    known = client.label_values(names.TESTID, VUS.selector(), start, end)
    shown = ", ".join(known[-5:]) if known else "none"
    asked = f"testid {testid!r}" if testid is not None else "that selector, between those times,"
    return UnknownRunError(
        f"no run with {asked} in {client.url}",
        f"Testids there: {shown}. Was k6 started with --tag testid=…, and does its log tell of no failed write? "
        "For an untagged run: --selector, --from, --to",
    )


def recent(client: Prometheus, now: float, lookback_seconds: float = RECENT_SECONDS) -> list[Run]:
    """All runs with a sample in the last ``lookback_seconds``, whole, oldest first. k6 may be ahead of ``now``."""
    start, end = now - max(lookback_seconds, 0.0), now + AHEAD_SECONDS
    live = {run.testid for run in find(client, "", start, end)}
    runs = [run for testid in live for run in find(client, _only(testid), now - LONGEST_SECONDS, end)]
    return sorted((run for run in runs if run.end >= start), key=lambda run: run.start)


def _only(testid: str | None) -> str:
    return where(testid=testid or "")


def _all_times(series: Sequence[AnySeries]) -> Floats:
    return np.unique(np.concatenate([one.times for one in series])) if series else np.empty(0)


def _stretches(times: Floats, split: float, anew: Sequence[float] = ()) -> list[tuple[float, float]]:
    """First and last of each run of ``times`` (rising) without a step longer than ``split``, or one up to ``anew``."""
    if times.size == 0:
        return []
    breaks = np.flatnonzero((np.diff(times) > split) | np.isin(times[1:], anew))
    firsts, lasts = np.append(0, breaks + 1), np.append(breaks, times.size - 1)
    return [(float(times[a]), float(times[b])) for a, b in zip(firsts, lasts, strict=True)]
