"""``loadline slo``: the team's promise, checked, and as Prometheus rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadline.commands.options import latency_limit

if TYPE_CHECKING:
    from rules.slo.model import Promise

_retention = click.option(
    "--retention",
    metavar="DURATION",
    help="How long the store keeps samples, such as 30d; no window may be longer.  [default: not checked]",
)


@click.group(short_help="What the team promises, checked, and as Prometheus rules.")
def slo() -> None:
    """What the team promises, checked, and as Prometheus recording and alerting rules."""


@slo.command(
    short_help="Say what is wrong with a list of SLOs, by line.",
    epilog="\b\nExample:\n  loadline slo check slo.yaml --retention 40d",
)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@_retention
def check(file: Path | None, retention: str | None) -> None:
    """Say whether FILE is a valid list of SLOs, or all that is wrong with it, by line; then exit 2.

    FILE is the one of Compose if none is given.
    """
    from rules.slo.file import SloFileError

    try:
        promise = _read(file, retention)
    except SloFileError as error:
        for line in error.lines:
            click.echo(line, err=True)
        raise click.exceptions.Exit(error.exit_code) from None
    count = len(promise.slos)
    click.echo(f"valid: {count} SLO{'s' if count != 1 else ''}")


@slo.command(
    short_help="Make Prometheus rules of a list of SLOs.",
    epilog="""\b
Examples:
  loadline slo generate --slo slo.yaml --output /etc/prometheus/rules
  loadline slo generate --latency-limit 300ms > rules/loadline.yml
""",
)
@click.option(
    "--slo",
    "file",
    envvar="LOADLINE_SLO",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What is promised, docs/slo.md.  [default: 95 % of k6's requests within 1s]",
)
@latency_limit
@_retention
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write one file for each family there.  [default: print all on stdout]",
)
@click.option(
    "--grafana-url",
    metavar="URL",
    help="Where links in alerts lead.  [default: http://127.0.0.1:3000]",
)
@click.option(
    "--docs-url",
    metavar="URL",
    help="Where the pages of docs/ are, for the page of each alert, which is alerts.md there.  [default: docs]",
)
def generate(
    file: Path | None,
    latency_limit: str | None,
    retention: str | None,
    output: Path | None,
    grafana_url: str | None,
    docs_url: str | None,
) -> None:
    """Make the rules: during a load test, every day, and on the stack itself.

    A latency limit stands above the threshold of k6's requests in FILE.
    """
    from loadline.errors import StoreError
    from loadline.options import PLACEHOLDER, parse
    from rules import whole_file
    from rules.slo.alert import DOCS, GRAFANA_URL
    from rules.slo.files import dump, groups, render

    promise = _read(file, retention)
    if latency_limit is not None:
        promise = promise.with_threshold(parse(url=PLACEHOLDER, latency_limit=latency_limit).latency_limit)
    leading_to, pages = (grafana_url or GRAFANA_URL).rstrip("/"), (docs_url or DOCS).rstrip("/")
    if output is None:
        click.echo(dump([group for part in groups(promise, leading_to, pages).values() for group in part]), nl=False)
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, text in render(promise, leading_to, "loadline slo generate", pages).items():
            whole_file.write(output / name, text)
            click.echo(f"{output / name} written", err=True)
    except OSError as error:
        raise StoreError(f"{output} cannot be written: {error.strerror}", "Give another folder by --output") from error


def _read(file: Path | None, retention: str | None) -> Promise:
    """The promise in ``file``; raises UsageError."""
    from loadline.data import data
    from loadline.errors import UsageError
    from rules.durations import go_seconds
    from rules.slo.file import read

    days = None
    if retention is not None:
        seconds = go_seconds(retention)
        if not seconds:
            raise UsageError(f"--retention: {retention!r} is no duration", "Write 30d or 720h")
        days = seconds / 86400
    return read(file or data("compose", "slo.yaml"), days)
