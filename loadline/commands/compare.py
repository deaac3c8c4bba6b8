"""``loadline compare``: is this release slower than the last one?"""

from __future__ import annotations

import click

from loadline.commands.options import Finite, store_option

FORMATS = ("text", "json", "markdown", "junit")


@click.command(
    short_help="Say whether one answer, or a set of them, is better or worse than another.",
    epilog="""\b
Examples:
  loadline compare boards-before boards-after              two testids, of one run or of --repeat
  loadline compare before.json after.json --format markdown
  loadline compare --baseline a1 --baseline a2 --candidate b1 --candidate b2 --format junit > loadline.xml

\b
Exit codes:
  0 no regression is proven   2 wrong usage   4 nothing could be compared   5 a proven regression
""",
)
@click.argument("before", required=False)
@click.argument("after", required=False)
@click.option("--baseline", multiple=True, metavar="ANSWER", help="What is compared with; repeatable.")
@click.option("--candidate", multiple=True, metavar="ANSWER", help="What is compared; repeatable.")
@click.option(
    "--margin",
    type=Finite(min=0, max=100, min_open=True),
    default=2.0,
    show_default=True,
    metavar="PERCENT",
    help="A difference below this counts as none.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@store_option
def compare(
    before: str | None,
    after: str | None,
    baseline: tuple[str, ...],
    candidate: tuple[str, ...],
    margin: float,
    form: str,
    store_root: str | None,
) -> None:
    """Compare AFTER with BEFORE: better, worse, the same, or cannot tell, with the size and its interval.

    Each is a testid, a JSON file or the folder of a run. Sets of runs are given by --baseline and --candidate.
    """
    from loadline import emit, exits
    from loadline.comparison import junit, markdown, sides, text
    from loadline.errors import UsageError
    from rules.compare import compare as judged

    first = baseline or ((before,) if before else ())
    second = candidate or ((after,) if after else ())
    if not (first and second) or ((before or after) and (baseline or candidate)):
        raise UsageError("give two answers, or both --baseline and --candidate", "See loadline compare --help")
    store = emit.store_at(store_root)
    one, other = sides.read(first, store), sides.read(second, store)
    sides.check(one, other)
    comparison = judged(one, other, margin / 100)
    render = {"text": text.render, "markdown": markdown.render, "junit": junit.render}
    click.echo(comparison.to_json() + "\n" if form == "json" else render[form](comparison), nl=False)
    raise click.exceptions.Exit(exits.of_comparison(comparison))
