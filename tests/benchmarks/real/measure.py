"""One case, measured: wrk on a fresh server, and a whole ``loadline run`` on another."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loadline.bench import Bench
from loadline.errors import BrokenError
from loadline.stack import binaries, process
from loadline.stack import prometheus as stack
from rules import sustained, throughput
from rules.answer import Answer
from rules.answers import AnswerStore
from tests.benchmarks.real import wrk
from tests.benchmarks.real.cases import RAMP_SECONDS, Case
from tests.benchmarks.real.witness import Witness, highest_rate, rate_between
from tests.loadline.stack_scripts import script
from tests.real import wait_for

TESTID = "real"
ANSWERED = (0, 3, 4)
"""The exit codes with which an answer comes (docs/answer.md)."""
LONGEST_SECONDS = 150.0


@dataclass(frozen=True)
class Told:
    """What one k6 run came to."""

    answer: Answer
    own_rate: float | None
    """Replies/s by the server's own count: over the plateau, or its highest 30 s where there is none."""
    load_before: float
    """The machine's load average over one minute, before anything was started."""


def by_wrk(case: Case) -> wrk.Measured:
    """What wrk drives the server to."""
    with Bench() as bench:
        return wrk.saturate(case.server(bench).url, case.connections, case.wrk_seconds, case.core)


def by_loadline(case: Case, k6: Path) -> Told:
    """What Loadline answers; raises BrokenError where it does not."""
    load_before = os.getloadavg()[0]
    with Bench() as bench:
        server = case.server(bench)
        ramp = ("--vus", str(case.vus), "--duration", f"{RAMP_SECONDS}s", "--full", "--think-time", case.think)
        scraped = () if case.host_metrics else ("--prometheus-url", _that_scrapes_nothing(bench))
        with Witness(server.served) as witness:
            answer = answer_of(case, server.url, k6, bench, (*ramp, *scraped), LONGEST_SECONDS)
    return Told(answer, own_rate(answer, witness.seen), load_before)


def answer_of(case: Case, url: str, k6: Path, bench: Bench, options: Sequence[str], longest_seconds: float) -> Answer:
    """The answer of one ``loadline run`` with ``k6`` on the cores of ``case``; raises BrokenError without one."""
    store = bench.folder / "store"
    command = [sys.executable, "-m", "loadline", "run", url, "--testid", TESTID, "--store", str(store), *options]
    chosen = k6 if case.core is None else pinned(k6, case.core, bench.folder)
    log, env = bench.folder / "run.log", {"LOADLINE_K6": str(chosen)}
    child = process.start("loadline run", command, log, bench.interrupts, bench.adopt, env)
    wait_for(lambda: not child.running, "end of loadline run", longest_seconds)
    if child.process.returncode not in ANSWERED:
        raise BrokenError(f"loadline run ended with code {child.process.returncode}: {child.tail()}")
    return AnswerStore(store).load(TESTID)


def _that_scrapes_nothing(bench: Bench) -> str:
    """The address of a Prometheus of one's own."""
    return stack.start(binaries.obtain("prometheus"), bench.folder, [], bench.interrupts, bench.adopt).url


def pinned(k6: Path, core: int, folder: Path) -> Path:
    """A k6 that has one core; what is started beside it has them all."""
    return script(folder / "k6", f'exec taskset --cpu-list {core} {shlex.quote(str(k6))} "$@"')


def own_rate(answer: Answer, seen: list[tuple[float, int]]) -> float | None:
    """By the server's count: over the plateau that the answer names, else the highest that it sustained."""
    window = next((one.window for one in answer.findings if one.rule == throughput.RULE), None)
    if answer.max_throughput.value is None or window is None:
        return highest_rate(seen, sustained.SUSTAINED_SECONDS)
    return rate_between(seen, window.start.timestamp(), window.end.timestamp())
