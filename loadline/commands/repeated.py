"""``loadline run --repeat``: several runs from one command line, and one answer at the end."""

from __future__ import annotations

import time

import click

from loadline import emit, exits, repeat
from loadline.bench import Bench
from loadline.conclude import Conclusion
from loadline.interrupts import PATIENT, Interrupts
from loadline.line import Line, terminal
from loadline.live import Listener
from loadline.options import RunOptions
from loadline.run import run
from rules.repeated import repeated


def repeated_session(
    options: RunOptions,
    times: int,
    pause: float,
    form: str,
    store_root: str | None,
    require: float | None = None,
    by_slo: bool = False,
) -> None:
    """Run, keep each, show what they say together; exits by that."""
    emit.check_store(store_root)
    console = terminal()
    store = emit.store_at(store_root)

    def one(chosen: RunOptions) -> Conclusion:
        console.print(f"run {chosen.repetition} of {times}")
        with Bench() as bench, Line(console) as line:
            return run(chosen, bench, Listener(say=console.print, show=line.show))

    def rest() -> None:
        console.print(f"{pause:g} s until the next run, for the server to finish")
        time.sleep(pause)

    with Interrupts() as interrupts:  # for the moments at which no run has its own
        done = repeat.repeat(options, times, repeat.Steps(one, lambda conclusion: emit.keep(conclusion, store), rest))
        interrupts.patience = PATIENT  # what the runs showed is not to be lost now
        if done.answers:
            told = repeated(done.testid, done.answers)
            click.echo(told.to_json() + "\n" if form == "json" else repeat.render(told), nl=False)
        elif done.cut_short:
            emit.show(done.cut_short, form)
    if done.failure:
        raise done.failure
    if done.interrupted:
        raise click.exceptions.Exit(exits.INTERRUPTED)
    raise click.exceptions.Exit(exits.of_repeated(told, require, by_slo))
