"""Options that several commands share, spelled once."""

from __future__ import annotations

import click

FORMATS = ("text", "json")

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="json prints one object on stdout, everything else on stderr.",
)
latency_limit = click.option(
    "--latency-limit",
    default="1s",
    show_default=True,
    metavar="DURATION",
    help="A good request is answered as expected within this; 95 % must be.",
)
require_throughput = click.option(
    "--require-throughput",
    type=click.FloatRange(min=0, min_open=True),
    metavar="RATE",
    help="Gate in requests/s: exit 5 when it is proven not to be reached.",
)
store_option = click.option(
    "--store",
    "store_root",
    type=click.Path(file_okay=False),
    envvar="LOADLINE_STORE",
    help="Folder of answers and reports. Default: $XDG_DATA_HOME/loadline.",
)
