"""``loadline watch``: answers while the load still runs, as metrics and as Grafana annotations."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from loadline.commands.grafana_options import grafana_options, login_of
from loadline.commands.options import (
    Finite,
    generator_selector,
    latency_limit,
    prometheus_option,
    server_selector,
    slo_option,
    store_option,
)
from loadline.commands.stop import stop_on_signal

GRACE_SECONDS = 5.0
"""What a cycle under way may still take after SIGTERM; every file is written whole or not at all."""


@click.command(
    short_help="Answer each load test while it runs, as metrics and in Grafana.",
    epilog="""\b
Examples:
  loadline watch --prometheus-url http://127.0.0.1:9090
  loadline watch --grafana-url http://127.0.0.1:3000 --grafana-token-file ~/.config/loadline/token
  loadline watch --grafana-url http://127.0.0.1:3000 --grafana-token-file token --grafana-password-file password
  curl http://127.0.0.1:9102/metrics              what Prometheus will see
""",
)
@prometheus_option
@server_selector
@generator_selector
@grafana_options
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:9102",
    show_default=True,
    help="Address of /metrics. Port 0 takes any free one, an empty host every address.",
)
@click.option(
    "--interval",
    type=Finite(min=0.1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two looks at Prometheus.",
)
@slo_option
@latency_limit
@store_option
def watch(
    prometheus_url: str,
    server_selector: str | None,
    generator_selector: str | None,
    grafana_url: str | None,
    grafana_token_file: Path | None,
    grafana_password_file: Path | None,
    grafana_user: str,
    listen: str,
    interval: float,
    slo: str | None,
    latency_limit: str | None,
    store_root: str | None,
) -> None:
    """Watch a Prometheus for load tests, and answer each while it runs.

    Publishes the answers on /metrics, annotates them in Grafana, and keeps each final one. Takes alerts from
    Alertmanager on /alerts, and annotates them too. Prints a line for each change; Prometheus and Grafana may come and
    go. Runs until it is stopped by SIGTERM or Ctrl-C.
    """
    stop = stop_on_signal()

    import logging
    import threading
    import time

    from exporter.errors import ExporterError
    from exporter.server import serve
    from loadline import alerts, emit, selectors
    from loadline.annotator import Annotator
    from loadline.errors import PrometheusError, UsageError
    from loadline.options import PLACEHOLDER, parse
    from loadline.watch import Watch
    from rules.prometheus import Prometheus
    from rules.publish import AnswerCollector

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its retries are not news; their failure is
    options = parse(
        url=PLACEHOLDER,
        prometheus_url=prometheus_url,
        server_selector=server_selector,
        generator_selector=generator_selector,
        slo=slo,
        latency_limit=latency_limit,
    )
    login = login_of(grafana_url, grafana_token_file, grafana_password_file, grafana_user)
    annotator = Annotator(login, click.echo) if login else None
    client = Prometheus(prometheus_url)
    with suppress(PrometheusError):  # it may come later
        selectors.look(client, options.roles, time.time(), partial(click.echo, err=True))
    watching = Watch(
        client,
        emit.store_at(store_root),
        click.echo,
        annotator,
        objective=options.objective,
        roles=options.roles,
    )
    # With a login of its own: it is asked from other threads than the annotator's.
    receiver = alerts.Alerts(click.echo, login_of(grafana_url, grafana_token_file, grafana_password_file, grafana_user))
    work = [one.run for one in (watching, annotator) if one]
    loops = [threading.Thread(target=run, args=(stop, interval), daemon=True) for run in work]

    def begin(url: str) -> None:
        click.echo(f"listening on {url}/metrics", err=True)
        for loop in loops:
            loop.start()

    try:
        serve(listen, stop, [AnswerCollector(watching.answers)], begin, receivers={alerts.PATH: receiver.receive})
    except ExporterError as error:
        raise UsageError(str(error)) from error
    if annotator:
        annotator.wake()
    deadline = time.monotonic() + GRACE_SECONDS
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))
