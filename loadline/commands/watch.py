"""``loadline watch``: answers while the load still runs, as metrics and as Grafana annotations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadline.commands.exporter import stop_on_signal
from loadline.commands.options import store_option

if TYPE_CHECKING:
    from rules.grafana import Grafana

GRACE_SECONDS = 5.0
"""What a cycle under way may still take after SIGTERM; every file is written whole or not at all."""


@click.command(
    epilog="""\b
Examples:
  loadline watch --prometheus-url http://127.0.0.1:9090
  loadline watch --grafana-url http://127.0.0.1:3000 --grafana-token-file ~/.config/loadline/token
  curl http://127.0.0.1:9102/metrics              what Prometheus will see
""",
)
@click.option("--prometheus-url", default="http://127.0.0.1:9090", show_default=True)
@click.option("--grafana-url", help="Also annotate the runs in this Grafana, for every board by the tag loadline.")
@click.option(
    "--grafana-token-file",
    type=click.Path(path_type=Path),
    help="File with the token of a service account whose role is Editor.",
)
@click.option(
    "--grafana-password-file", type=click.Path(path_type=Path), help="Instead of a token: file with a password."
)
@click.option("--grafana-user", default="admin", show_default=True, help="Whose password that is.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:9102",
    show_default=True,
    help="Address of /metrics. Port 0 takes any free one, an empty host every address.",
)
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two looks at Prometheus.",
)
@store_option
def watch(
    prometheus_url: str,
    grafana_url: str | None,
    grafana_token_file: Path | None,
    grafana_password_file: Path | None,
    grafana_user: str,
    listen: str,
    interval: float,
    store_root: str | None,
) -> None:
    """Watch a Prometheus for load tests, and answer each while it runs.

    Publishes the answers on /metrics, annotates them in Grafana, and keeps each final one. Prints a line for each
    change; Prometheus and Grafana may come and go. Runs until it is stopped by SIGTERM or Ctrl-C.
    """
    stop = stop_on_signal()

    import logging
    import threading

    from exporter.errors import ExporterError
    from exporter.server import serve
    from loadline import emit
    from loadline.errors import UsageError
    from loadline.options import PLACEHOLDER, parse
    from loadline.watch import Watch
    from rules.prometheus import Prometheus
    from rules.publish import AnswerCollector

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its retries are not news; their failure is
    parse(url=PLACEHOLDER, prometheus_url=prometheus_url)
    grafana = _grafana(grafana_url, grafana_token_file, grafana_user, grafana_password_file)
    watching = Watch(Prometheus(prometheus_url), emit.store_at(store_root), click.echo, grafana)
    loop = threading.Thread(target=watching.run, args=(stop, interval), name="watch", daemon=True)

    def begin(url: str) -> None:
        click.echo(f"listening on {url}/metrics", err=True)
        loop.start()

    try:
        serve(listen, stop, [AnswerCollector(watching.answers)], begin)
    except ExporterError as error:
        raise UsageError(str(error)) from error
    loop.join(GRACE_SECONDS)


def _grafana(url: str | None, token_file: Path | None, user: str, password_file: Path | None) -> Grafana | None:
    from loadline.errors import UsageError
    from loadline.options import parse
    from rules.grafana import Grafana

    given = [file for file in (token_file, password_file) if file]
    if url is None:
        if given:
            raise UsageError("credentials without a Grafana", "Give its address by --grafana-url")
        return None
    if len(given) != 1:
        raise UsageError("--grafana-url needs one of --grafana-token-file and --grafana-password-file")
    parse(url=url)
    secret = _secret(given[0])
    return Grafana(url, token=secret) if token_file else Grafana(url, basic=(user, secret))


def _secret(path: Path) -> str:
    """The one line in the file: a secret on the command line would stand in every process list."""
    from loadline.errors import UsageError

    try:
        text = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
    if not text or not text.isprintable():
        raise UsageError(f"{path} does not hold a token or password", "It must hold just that, on one line")
    return text
