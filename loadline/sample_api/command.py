"""The command line of the sample API: says its address and its true capacity, and serves until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import random
import resource
import signal

import click

from exporter.errors import ExporterError
from exporter.listen import cannot_listen, parse_listen, show
from loadline.sample_api.server import start
from loadline.sample_api.slots import DISTRIBUTIONS, Slots, capacity, service_times


def raise_open_file_limit() -> None:
    """To what the system allows without root: each connection is an open file, and the usual limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS reports no hard limit and refuses to set none: the old limit stays.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@click.command()
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:0", show_default=True, help="Port 0: any free one.")
@click.option("--workers", type=click.IntRange(min=1), default=8, show_default=True, help="Requests served at a time.")
@click.option(
    "--service-ms",
    type=click.FloatRange(min=0, min_open=True),
    default=20.0,
    show_default=True,
    help="Mean time that a request holds its worker.",
)
@click.option("--service-distribution", type=click.Choice(DISTRIBUTIONS), default="fixed", show_default=True)
@click.option(
    "--lock-ms",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Of the service time, how long a request holds the one lock that all workers share; for fixed times only.",
)
@click.option("--queue", type=click.IntRange(min=0), help="Requests that may wait; more get 503. Default: no limit.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random service times.")
def sample_api(
    listen: str,
    workers: int,
    service_ms: float,
    service_distribution: str,
    lock_ms: float,
    queue: int | None,
    seed: int,
) -> None:
    """Serve a small API whose capacity is known: workers / service time, or 1 / lock time where that is less.

    GET /boards takes a worker for one service time, and so does /fail, which answers 500. /healthz answers at once, and
    so does /stats, with the number of replies that took a worker.
    """
    if lock_ms and (service_distribution != "fixed" or lock_ms > service_ms):
        raise click.BadParameter(
            "the lock is held for a part of a fixed service time: give --service-distribution fixed, and no more than "
            f"the {service_ms:g} ms of --service-ms",
            param_hint="--lock-ms",
        )
    service_seconds, lock_seconds = service_ms / 1000.0, lock_ms / 1000.0
    rng = random.Random(seed)  # noqa: S311 - service times, not secrets
    slots = Slots(workers, service_times(service_distribution, service_seconds, rng), queue, lock_seconds)
    raise_open_file_limit()
    try:
        asyncio.run(_serve(listen, slots, capacity(workers, service_seconds, lock_seconds)))
    except ExporterError as error:
        raise click.BadParameter(str(error), param_hint="--listen") from error


async def _serve(listen: str, slots: Slots, true_capacity: float) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    host, port = parse_listen(listen)
    try:
        api = await start(slots, host, port)
    except OSError as error:
        raise cannot_listen(listen, error) from error
    click.echo(f"listening on http://{show(host, api.port)}, true capacity {true_capacity:.10g} requests/s")
    try:
        await stop.wait()
    finally:
        api.stop()


def main() -> None:
    """The entry point of ``python -m loadline.sample_api``."""
    sample_api(prog_name="python -m loadline.sample_api")
