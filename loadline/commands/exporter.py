"""``loadline exporter``: this host for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exporter.catalogue import CATALOGUE, Line
from exporter.settings import DEADLINE_SECONDS, variable
from loadline.commands.exporter_options import collector_options, is_on, settings_of
from loadline.commands.options import Finite
from loadline.commands.stop import stop_on_signal

if TYPE_CHECKING:
    from exporter.web import Web

DO_NOT_LOOK = "none"


@click.command(
    epilog="""\b
Examples:
  loadline exporter                              on 127.0.0.1:9101
  loadline exporter --listen 10.0.1.12:9101      for a Prometheus on another host
  loadline exporter --process api=gunicorn       the API's own CPU and memory too
  loadline exporter --no-collector.disk          without disks
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
@click.option(
    "--web.config.file",
    "web_config",
    type=click.Path(path_type=Path),
    envvar=variable("--web.config.file"),
    help="TLS and passwords, in the format of Prometheus's own exporters.",
)
@click.option(
    "--deadline",
    type=Finite(min=0, min_open=True),
    metavar="SECONDS",
    default=DEADLINE_SECONDS,
    show_default=True,
    envvar=variable("--deadline"),
    help="How long a scrape waits for a collector that hangs; less where Prometheus says that it waits less.",
)
@click.option(
    "--node-exporter",
    metavar="HOST:PORT",
    default="127.0.0.1:9100",
    show_default=True,
    envvar=variable("--node-exporter"),
    help=f"Where a node_exporter answers here, what it reports is left to it. '{DO_NOT_LOOK}' does not look.",
)
@collector_options
def exporter(listen: str, web_config: Path | None, deadline: float, node_exporter: str, **given: Any) -> None:
    """Report this host to Prometheus, under node_exporter's names.

    Answers /metrics until it is stopped by SIGTERM or Ctrl-C. Every option is also a variable of the environment:
    --path.procfs is LOADLINE_EXPORTER_PATH_PROCFS.
    """
    stop = stop_on_signal()

    import logging

    from exporter.catalogue import make
    from exporter.errors import ExporterError
    from exporter.server import serve
    from loadline.errors import UsageError

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        web = _web(web_config)
        lines, left_out = _choose(CATALOGUE, given, node_exporter)
        collectors, without = make(lines, settings_of(given))

        def begin(url: str) -> None:
            click.echo(f"listening on {url}/metrics", err=True)
            for name, why in without.items():
                logging.getLogger("exporter").info("collector %s is left out: %s", name, why)

        serve(
            listen,
            stop,
            collectors,
            begin,
            left_out=left_out | without,
            web=web,
            deadline=deadline,
        )
    except ExporterError as error:
        raise UsageError(str(error)) from error


def _choose(lines: Iterable[Line], given: dict[str, Any], node_exporter: str) -> tuple[list[Line], dict[str, str]]:
    """The lines that are on, and why each other is not, by name.

    What was switched on by name is on, whoever else reports it.
    """
    import logging

    from exporter.neighbour import is_node_exporter

    said = {line: is_on(line, given) for line in lines}
    left_out = {line.name: "switched off" for line, on in said.items() if on is False}
    open_question = [line for line, on in said.items() if on is None and line.of_node_exporter]
    if open_question and node_exporter != DO_NOT_LOOK and is_node_exporter(node_exporter):
        theirs = ", ".join(line.name for line in open_question)
        logging.getLogger("exporter").info(
            "node_exporter answers on %s, so these are left to it: %s. "
            "--collector.NAME reports one here all the same, --node-exporter %s all",
            node_exporter,
            theirs,
            DO_NOT_LOOK,
        )
        left_out |= {line.name: f"left to the node_exporter on {node_exporter}" for line in open_question}
    return [line for line in said if line.name not in left_out], left_out


def _web(path: Path | None) -> Web:
    from exporter.web import OPEN

    if path is None:
        return OPEN
    from exporter.webconfig import read_web_config

    return read_web_config(path)
