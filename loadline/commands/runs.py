"""``loadline runs``: what was answered before."""

from __future__ import annotations

import json

import click

from loadline.commands.options import format_option, store_option


@click.command(epilog="\b\nExamples:\n  loadline runs\n  loadline runs --format json | jq '.[].verdict'")
@format_option
@store_option
def runs(form: str, store_root: str | None) -> None:
    """List runs and their verdicts, newest first."""
    from loadline import emit, text

    answers = emit.store_at(store_root).list()
    if form == "json":
        click.echo(json.dumps([json.loads(answer.to_json(indent=None)) for answer in answers], indent=2))
        return
    if not answers:
        click.echo("no answers yet: loadline run URL makes one, loadline demo shows how", err=True)
    for answer in answers:
        name = answer.testid or "(untagged)"
        click.echo(f"{answer.window.start:%Y-%m-%d %H:%M:%S}Z  {name:<40}  {text.one_line(answer)}")
