"""One run from a command line: progress on stderr, the answer on stdout, the exit code at the end."""

from __future__ import annotations

import contextlib
import time

import click

from loadline import emit, exits
from loadline.bench import Bench
from loadline.conclude import Conclusion
from loadline.interrupts import PROMPT
from loadline.k6 import WEB_DASHBOARD_PORT
from loadline.line import Line, terminal
from loadline.live import Listener
from loadline.options import RunOptions
from loadline.run import run
from loadline.stack.sample_api import start_sample_api

LOOK_SECONDS = 0.2


def session(
    options: RunOptions, form: str, store_root: str | None, require: float | None = None, by_slo: bool = False
) -> None:
    """Run, show, keep; exits by the answer."""
    emit.check_store(store_root)
    with Bench() as bench:
        _play(options, bench, form, store_root, None, require, by_slo)


def demo_session(options: RunOptions, form: str, store_root: str | None) -> None:
    """The same against the sample API, whose capacity is known."""
    emit.check_store(store_root)
    with Bench() as bench:
        url, capacity = start_sample_api(bench)
        _play(options.model_copy(update={"url": f"{url}/boards"}), bench, form, store_root, capacity)


def _play(
    options: RunOptions,
    bench: Bench,
    form: str,
    store_root: str | None,
    true_capacity: float | None,
    require: float | None = None,
    by_slo: bool = False,
) -> None:
    console = terminal()
    with Line(console) as line:
        listener = Listener(say=console.print, show=line.show)
        conclusion = run(options, bench, listener, true_capacity)
    emit.deliver(conclusion, form, store_root)
    _linger(conclusion, bench)
    if conclusion.failure:
        raise conclusion.failure
    code = exits.INTERRUPTED if conclusion.interrupted else exits.code(conclusion.answer, require, by_slo)
    raise click.exceptions.Exit(code)


def _linger(conclusion: Conclusion, bench: Bench) -> None:
    """Keep k6's page up for the browser that looks at it; Ctrl-C then ends it with the answer's own exit code."""
    if conclusion.lingering:
        click.echo(
            f"k6's page stays at http://127.0.0.1:{WEB_DASHBOARD_PORT} until you close it or press Ctrl-C", err=True
        )
        with contextlib.suppress(KeyboardInterrupt):
            bench.interrupts.patience = PROMPT
            while conclusion.lingering.running:
                time.sleep(LOOK_SECONDS)
