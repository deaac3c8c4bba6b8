"""``loadline exporter``: this host's CPU and memory for Prometheus."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click

from exporter.catalogue import CATALOGUE
from exporter.settings import variable
from loadline.commands.exporter_options import collector_options, is_on, settings_of

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def stop_on_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set, as often as they come.

    The signals are blocked and waited for in a thread: a handler that sets the event in the main thread could
    meet it inside ``wait`` and find its lock taken.
    """
    stop = threading.Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def wait() -> None:
        signal.sigwait(SIGNALS)
        stop.set()

    threading.Thread(target=wait, name="signals", daemon=True).start()
    return stop


@click.command(
    epilog="""\b
Examples:
  loadline exporter                              on 127.0.0.1:9101
  loadline exporter --listen 10.0.1.12:9101      for a Prometheus on another host
  loadline exporter --no-collector.memory        CPU only
  curl http://127.0.0.1:9101/metrics             what Prometheus will see
""",
)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:9101",
    show_default=True,
    envvar=variable("--listen"),
    help="Address to answer on. Port 0 takes any free one, an empty host every address.",
)
@collector_options
def exporter(listen: str, **given: Any) -> None:
    """Report this host's CPU and memory to Prometheus, under node_exporter's names.

    Answers /metrics until it is stopped by SIGTERM or Ctrl-C. Where node_exporter already runs, this is not needed.
    """
    stop = stop_on_signal()

    import logging

    from exporter.errors import ExporterError
    from exporter.server import serve
    from loadline.errors import UsageError

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    settings = settings_of(given)
    collectors = [line.make(settings) for line in CATALOGUE if is_on(line, given) is not False]
    try:
        serve(listen, stop, collectors, lambda url: click.echo(f"listening on {url}/metrics", err=True))
    except ExporterError as error:
        raise UsageError(str(error)) from error
