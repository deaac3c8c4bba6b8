"""The command ``loadline``: parses, prints, and is the only place that exits."""

from __future__ import annotations

import importlib
import sys

import click

from loadline.errors import LoadlineError
from loadline.exits import BROKEN, INTERRUPTED

COMMANDS = {
    "run": "loadline.commands.run:run",
    "analyze": "loadline.commands.analyze:analyze",
    "runs": "loadline.commands.runs:runs",
    "demo": "loadline.commands.demo:demo",
    "watch": "loadline.commands.watch:watch",
    "exporter": "loadline.commands.exporter:exporter",
    "slo": "loadline.commands.slo:slo",
}


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
  loadline run http://10.0.1.12:8080/boards          VUs ramped to 6,000 in 10 minutes
  loadline analyze --testid boards-1 --prometheus-url http://127.0.0.1:9090
  loadline runs                                      what was answered before

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
    try:
        code = cli.main(prog_name="loadline", standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    except LoadlineError as error:
        click.echo(f"loadline: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, as head does: nothing more to say
        code = BROKEN
    sys.exit(code if isinstance(code, int) else 0)
