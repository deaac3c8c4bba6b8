"""A run at this moment: what Prometheus knows of it, and the verdict so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from rules.errors import LoadlineError, PrometheusError
from rules.prometheus import Prometheus
from rules.signals import failures, latency, load
from rules.wording import number, seconds, share

VERDICT_SECONDS = 5.0
VERDICT_COST_SHARE = 0.02
"""Judging must not become a load of its own: at most this share of a core."""


@dataclass(frozen=True)
class Snapshot:
    """The run at one moment; None is not known."""

    elapsed: float
    total: float | None
    vus: float | None = None
    rate: float | None = None
    p95: float | None = None
    failed: float | None = None
    verdict: str = "too early to tell"
    part: str | None = None
    """Of a run that has several."""
    silent_since: float | None = None
    """Where Prometheus tells nothing new: since when, in seconds of the run. What it told before is then not shown."""

    def __str__(self) -> str:
        clock = f"{self.part} " if self.part else ""
        clock += f"{_clock(self.elapsed)}" + (f" / {_clock(self.total)}" if self.total else "")
        if self.silent_since is not None:
            return f"{clock}  no numbers from Prometheus since {_clock(self.silent_since)}"
        parts = [
            clock,
            f"VUs {_known(self.vus, lambda v: f'{v:,.0f}')}",
            f"{_known(self.rate, number)} requests/s",
            f"p95 {_known(self.p95, seconds)}",
            f"failed {_known(self.failed, share)}",
            f"so far: {self.verdict}",
        ]
        return "  ".join(parts)


@dataclass(frozen=True)
class Listener:
    """Whom a run tells what it does: sentences for a person, and a Snapshot a second."""

    say: Callable[[str], None]
    show: Callable[[Snapshot], None]


class Reader:
    """Reads a Snapshot from Prometheus through the same signals as the boards; judges now and then."""

    def __init__(
        self,
        client: Prometheus,
        matchers: str,
        window: str,
        total: float | None,
        judge: Callable[[], str],
        part: str | None = None,
        every: float = VERDICT_SECONDS,
        cost_share: float = VERDICT_COST_SHARE,
    ) -> None:
        """``every`` so many seconds ``judge`` is asked, or less often where that costs more than ``cost_share``."""
        self._client = client
        self._matchers = matchers
        self._window = window
        self._judge = judge
        self._every, self._cost_share = every, cost_share
        self._next_judgement = every
        self._last = Snapshot(0.0, total, part=part)
        self._recorded = False
        self.trouble: PrometheusError | None = None
        """Of the latest look."""

    def look(self, elapsed: float, now: float) -> Snapshot:
        """The run at ``elapsed`` seconds; what Prometheus will not say is not known, and ``trouble`` says why."""
        try:
            self._check_for_news(now)
            self._last = replace(
                self._last,
                elapsed=elapsed,
                vus=self._ask(load.VUS.value(self._matchers), now),
                rate=self._ask(load.RESPONSES.rate(self._window, self._matchers), now),
                p95=self._ask(latency.EXPECTED_DURATION.quantile(0.95, self._window, self._matchers), now),
                failed=self._ask(failures.failure_ratio(self._window, self._matchers), now),
                verdict=self._verdict(elapsed),
            )
            self.trouble = None
        except PrometheusError as error:  # no reason to disturb a running test: it may come back
            self.trouble = error
            return replace(self._last, elapsed=elapsed, silent_since=self._last.elapsed)
        return self._last

    def _check_for_news(self, now: float) -> None:
        """Raises PrometheusError where it answers, but k6's samples no longer reach it: a full disk does that."""
        news = self._ask(load.VUS.samples(self._window, self._matchers), now) is not None
        if self._recorded and not news:
            raise PrometheusError("k6's samples do not reach Prometheus any more (is a disk full?)")
        self._recorded = news

    def _verdict(self, elapsed: float) -> str:
        if elapsed < self._next_judgement:
            return self._last.verdict
        began = time.monotonic()
        try:
            return self._judge()
        except LoadlineError:
            return self._last.verdict  # the end will say it
        finally:
            cost = time.monotonic() - began
            self._next_judgement = elapsed + max(self._every, cost / self._cost_share)

    def _ask(self, query: str, now: float) -> float | None:
        return self._client.scalar(query, now)


def _known(value: float | None, words: Callable[[float], str]) -> str:
    return "–" if value is None else words(value)


def _clock(value: float) -> str:
    return f"{int(value) // 60}:{int(value) % 60:02d}"
