"""Options that several commands share, spelled once."""

from __future__ import annotations

import math
from typing import Any

import click


class Finite(click.FloatRange):
    """A number in a range; nan and inf, which float() reads too, are none: nan is within every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return number


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
    envvar="LOADLINE_LATENCY_LIMIT",
    metavar="DURATION",
    help="A good request is answered as expected within this; 95 % must be.  [default: what --slo says, else 1s]",
)
slo_option = click.option(
    "--slo",
    envvar="LOADLINE_SLO",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="What is promised, docs/slo.md; its objective of k6's requests is the one to be held.",
)


def objective_given() -> bool:
    """Whether the command that runs was told what a good request is; what nobody asked for decides no gate."""
    context = click.get_current_context()
    sources = [context.get_parameter_source(name) for name in ("latency_limit", "slo")]
    return any(source is not None and source.name != "DEFAULT" for source in sources)


require_throughput = click.option(
    "--require-throughput",
    type=Finite(min=0, min_open=True),
    metavar="RATE",
    help="Gate in requests/s: exit 5 when it is proven not to be reached.",
)
prometheus_option = click.option(
    "--prometheus-url",
    metavar="URL",
    default="http://127.0.0.1:9090",
    show_default=True,
    help="The Prometheus that k6 writes to, or wrote to.",
)
server_selector = click.option(
    "--server-selector",
    metavar="MATCHERS",
    help='PromQL matchers of the server\'s machines in that Prometheus.  [default: role=~"server|both"]',
)
generator_selector = click.option(
    "--generator-selector",
    metavar="MATCHERS",
    help='PromQL matchers of the machines that k6 runs on.  [default: role=~"generator|both"]',
)
store_option = click.option(
    "--store",
    "store_root",
    type=click.Path(file_okay=False),
    envvar="LOADLINE_STORE",
    help="Folder of answers and reports.  [default: $LOADLINE_STORE, else ~/.local/share/loadline]",
)
