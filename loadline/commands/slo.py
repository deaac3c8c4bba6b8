"""``loadline slo``: the latency objective as Prometheus rules."""

from __future__ import annotations

import click

from loadline.commands.options import latency_limit


@click.group(short_help="The latency objective as Prometheus rules.")
def slo() -> None:
    """The latency objective as Prometheus recording and alerting rules."""


@slo.command(epilog="\b\nExample:\n  loadline slo generate --latency-limit 300ms > rules/loadline.yml")
@latency_limit
def generate(latency_limit: str) -> None:
    """Print the rules for an objective of 95 % within the latency limit."""
    from loadline.options import PLACEHOLDER, parse
    from rules.slo import render

    objective = parse(url=PLACEHOLDER, latency_limit=latency_limit).objective
    click.echo(render(objective), nl=False)
