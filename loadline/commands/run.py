"""``loadline run``: the tutorial's test, or the user's own script, answered."""

from __future__ import annotations

from typing import Any

import click

from loadline.commands.options import (
    format_option,
    generator_selector,
    latency_limit,
    objective_given,
    require_throughput,
    server_selector,
    slo_option,
    store_option,
)


@click.command(
    short_help="Load a URL with rising VUs, and say what it can endure.",
    epilog="""\b
Examples:
  loadline run http://127.0.0.1:8080/boards
  loadline run http://10.0.1.12:8080/boards --confirm --latency-limit 300ms
  loadline run http://10.0.1.12:8080/boards --vus 6000 --duration 10m --full          the tutorial's ramp
  loadline run https://api.example.com/v1/orders --method POST --header 'Content-Type: application/json' \\
      --body '{"item": 7}'
  loadline run --script checkout.js                       your k6 script, unchanged
  loadline run URL --require-throughput 900 --format json > answer.json      in CI
  loadline run URL --repeat 3 --testid after && loadline compare before after
""",
)
@click.argument("url", required=False)
@click.option("--script", type=click.Path(dir_okay=False), help="A k6 script of yours, run unchanged.")
@click.option("--vus", metavar="N|auto", help="VUs at the end of the ramp; auto finds out how many.  [default: auto]")
@click.option("--duration", metavar="DURATION", help="Length of a ramp to N VUs, as k6 writes it.  [default: 10m]")
@click.option("--max-vus", type=int, metavar="N", help="With auto, never more.  [default: what this machine can make]")
@click.option("--max-rate", type=float, metavar="RATE", help="With auto, never more requests/s.")
@click.option("--full", is_flag=True, help="Go through the whole plan, and do not stop when the answer is known.")
@click.option(
    "--scaler-reaction",
    metavar="DURATION",
    help="Time an autoscaler takes to add servers: do not stop before.  [default: none, the answer is for this size]",
)
@click.option(
    "--confirm", is_flag=True, help="Then hold the SLO capacity at a constant arrival rate, for a minute or more."
)
@click.option("--think-time", metavar="DURATION", help="Pause of a VU between two requests.  [default: 1s]")
@click.option("--method", metavar="METHOD", help="HTTP method.  [default: GET]")
@click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="Request header; repeatable.")
@click.option("--body", help="Request body.")
@click.option("--testid", metavar="ID", help="Name of this run.  [default: from the URL and the time]")
@slo_option
@latency_limit
@require_throughput
@click.option("--prometheus-url", metavar="URL", help="Your Prometheus.  [default: one of our own, for this run]")
@server_selector
@generator_selector
@click.option(
    "--server",
    multiple=True,
    metavar="HOST:PORT",
    help="An exporter on the server under test, with https:// before it if it has TLS; repeatable.",
)
@click.option("--server-ca-file", type=click.Path(), help="Certificate authority of those exporters, in PEM.")
@click.option("--server-username", help="User of those exporters, by basic authentication.")
@click.option("--server-password-file", type=click.Path(), help="File that holds that user's password.")
@click.option(
    "--repeat",
    type=click.IntRange(min=1, max=100),
    metavar="N",
    help="Run N times in a row, as NAME-1 to NAME-N, for an interval over runs.",
)
@click.option("--pause", metavar="DURATION", help="Between two of these runs.  [default: 30s]")
@click.option("--web-dashboard", is_flag=True, help="k6's own page at http://127.0.0.1:5665 while it runs.")
@format_option
@store_option
def run(
    form: str,
    store_root: str | None,
    require_throughput: float | None,
    repeat: int | None,
    **given: Any,
) -> None:
    """Load URL with rising VUs, and say how many requests per second it can endure.

    A probe finds how many VUs it takes, a ramp collects the evidence, and the load ends as soon as the answer is known.
    """
    from loadline.options import parse

    options, by_slo = parse(repeat=repeat, **given), objective_given()
    if repeat is None:
        from loadline.commands.session import session

        session(options, form, store_root, require_throughput, by_slo)
    else:
        from loadline.commands.repeated import repeated_session

        repeated_session(options, repeat, options.pause, form, store_root, require_throughput, by_slo)
