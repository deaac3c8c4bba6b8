"""The command ``loadline``: parses, prints, and is the only place that exits."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys

import click

from loadline.errors import LoadlineError
from loadline.exits import BROKEN, INTERRUPTED
from loadline.printable import in_one_line

COMMANDS = {
    "run": "loadline.commands.run:run",
    "analyze": "loadline.commands.analyze:analyze",
    "compare": "loadline.commands.compare:compare",
    "runs": "loadline.commands.runs:runs",
    "demo": "loadline.commands.demo:demo",
    "watch": "loadline.commands.watch:watch",
    "exporter": "loadline.commands.exporter:exporter",
    "slo": "loadline.commands.slo:slo",
}

UNWRITTEN = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT)
LONGEST = 4000
"""Characters of a complaint that are shown: some thirty mistakes."""
LOOPBACK = "localhost,127.0.0.1,::1"


class _Commands(click.Group):
    """Imports a command's module when it is asked for, so that ``--help`` does not wait for numpy."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  loadline demo                                      a small server of known capacity, tested
  loadline run http://10.0.1.12:8080/boards          as many VUs as it takes, until the answer is known
  loadline analyze --testid boards-1 --prometheus-url http://127.0.0.1:9090
  loadline runs                                      what was answered before
  loadline compare boards-1 boards-2                 is the second worse than the first

\b
Exit codes:
  0 answered   1 something broke   2 wrong usage   3 only a lower bound
  4 failing or inconclusive   5 a gate failed   130 Ctrl-C
""",
)
@click.version_option(package_name="loadline", message="loadline %(version)s")
def cli() -> None:
    """How many requests per second can my backend endure?

    Loadline drives k6, reads Prometheus, and answers with a number, an interval, a reason, and a proof that the
    load generator was not the limit.
    """


def main() -> None:
    """The console script: one error is one line on stderr, and a documented exit code."""
    _no_proxy_on_loopback()
    try:
        code = _code()
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        code = INTERRUPTED
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # there is nothing left to interrupt, only Python's own end
    sys.exit(code)


def _code() -> int:
    try:
        code = cli.main(prog_name="loadline", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return asked.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "loadline"
        _complain(f"{error.format_message().rstrip('.')}. See {command} --help")
        return error.exit_code
    except LoadlineError as error:
        _complain(str(error))
        return error.exit_code
    except OSError as error:
        if error.errno not in UNWRITTEN:
            raise
        if error.errno != errno.EPIPE:  # who stopped reading, as head does, need not be told
            _complain(f"{error.filename or 'the output'} could not be written ({error.strerror}). Make room there")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try again at its end
        return BROKEN
    return code if isinstance(code, int) else 0


def _complain(said: str) -> None:
    """One line that can be read, whatever k6, Prometheus, a file or an argument put into it."""
    line = in_one_line(said)
    shown = line if len(line) <= LONGEST else f"{line[:LONGEST]} … and {len(line) - LONGEST:,} characters more"
    click.echo(f"loadline: {shown}", err=True)


def _no_proxy_on_loopback() -> None:
    """Our own Prometheus and exporter are here: no proxy of the environment's may come between."""
    elsewhere = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{elsewhere},{LOOPBACK}" if elsewhere else LOOPBACK
