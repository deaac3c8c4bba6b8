"""``loadline analyze``: the answer to any run that a Prometheus holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadline.commands.grafana_options import grafana_options, login_of
from loadline.commands.options import (
    format_option,
    generator_selector,
    latency_limit,
    objective_given,
    prometheus_option,
    require_throughput,
    server_selector,
    slo_option,
    store_option,
)

if TYPE_CHECKING:
    from loadline.errors import UnknownRunError
    from rules.answer import Plan
    from rules.prometheus import Prometheus
    from rules.runs import Run


@click.command(
    short_help="Answer for any run that a Prometheus holds.",
    epilog="""\b
Examples:
  loadline analyze --testid boards-1 --prometheus-url http://127.0.0.1:9090
  loadline analyze --selector 'job="k6"' --from 2026-11-20T10:00:00Z --to 2026-11-20T10:10:00Z
  k6 run -o experimental-prometheus-rw --tag testid=mine script.js && loadline analyze --testid mine
  loadline analyze --testid mine --server-selector 'job="node",team="boards"'      in a Prometheus of many teams
  loadline analyze --testid mine --annotate --grafana-url http://127.0.0.1:3000 --grafana-token-file token
""",
)
@click.option("--testid", metavar="ID", help="The run's testid tag; its newest run is answered.")
@click.option("--selector", metavar="MATCHERS", help="PromQL label matchers of an untagged run.")
@click.option("--from", "since", metavar="TIME", help="Not before this time: RFC 3339, or unix seconds.")
@click.option("--to", "until", metavar="TIME", help="Not after this time.  [default: now]")
@prometheus_option
@server_selector
@generator_selector
@slo_option
@latency_limit
@require_throughput
@format_option
@store_option
@click.option("--annotate", is_flag=True, help="Write the run's events to Grafana, as loadline watch does.")
@grafana_options
def analyze(
    testid: str | None,
    selector: str | None,
    since: str | None,
    until: str | None,
    prometheus_url: str,
    server_selector: str | None,
    generator_selector: str | None,
    slo: str | None,
    latency_limit: str | None,
    require_throughput: float | None,
    form: str,
    store_root: str | None,
    annotate: bool,
    grafana_url: str | None,
    grafana_token_file: Path | None,
    grafana_password_file: Path | None,
    grafana_user: str,
) -> None:
    """Read a run from Prometheus and say how many requests per second it proved.

    Selectors that are no PromQL are wrong usage (2), as an unknown testid is; a Prometheus that is down is not (1).
    """
    from loadline import emit, exits, selectors
    from loadline.conclude import Conclusion
    from loadline.errors import UsageError
    from loadline.options import PLACEHOLDER, parse
    from rules import clocks, runs
    from rules.annotate import reconcile
    from rules.judge import analyze as judge
    from rules.prometheus import Prometheus
    from rules.signals.signal import where

    if (testid is None) == (selector is None):
        raise UsageError("give --testid ID or --selector MATCHERS, one of them", "See loadline analyze --help")
    login = login_of(grafana_url, grafana_token_file, grafana_password_file, grafana_user)
    if annotate != (login is not None):
        raise UsageError("--annotate and --grafana-url go together", "See loadline analyze --help")
    options = parse(
        url=PLACEHOLDER,
        prometheus_url=prometheus_url,
        server_selector=server_selector,
        generator_selector=generator_selector,
        slo=slo,
        latency_limit=latency_limit,
    )
    asked = datetime.now(UTC).timestamp()
    end = unix(until, "--to") if until else asked
    start = unix(since, "--from") if since else end - runs.LOOKBACK_SECONDS
    if start >= end:
        raise UsageError(f"--from is not before {'--to' if until else 'now'}")
    if until is None:
        end += clocks.MOST_SECONDS  # k6's clock may be ahead of ours
    client = Prometheus(prometheus_url)
    matchers = (
        where(testid=testid) if testid is not None else (selector or "").strip().removeprefix("{").removesuffix("}")
    )
    with selectors.written("--selector"):
        found = runs.find(client, matchers, start, end)
    if not found:
        raise _unknown(client, testid, start, end)
    if len(found) > 1:
        click.echo(f"{len(found)} runs match; this is the newest (--from and --to choose another)", err=True)
    run = replace(found[-1], roles=options.roles)
    selectors.look(client, run.roles, run.end, partial(click.echo, err=True))
    answer, timeline = judge(client, run, options.objective, _plan(store_root, run), probes=True)
    if until is None and timeline is not None and timeline.may_go_on(asked):
        click.echo("its newest sample has just come: if the test goes on, this is the answer so far", err=True)
    emit.deliver(Conclusion(answer, timeline), form, store_root)
    if login:
        changes = login.ask(lambda grafana: reconcile(grafana, answer))
        click.echo(f"Grafana at {grafana_url}: {changes}", err=True)
    raise click.exceptions.Exit(exits.code(answer, require_throughput, by_slo=objective_given()))


def _unknown(client: Prometheus, testid: str | None, start: float, end: float) -> UnknownRunError:
    """That there is no such run; and that k6 could not have written it, where this Prometheus is so started."""
    from loadline.errors import PrometheusError, UnknownRunError
    from loadline.stack.prometheus import check
    from rules import runs

    error = runs.unknown(client, testid, start, end)
    version, _ = client.build()
    try:
        if version is not None:  # another store may take writes elsewhere
            check(client)
    except PrometheusError as lacking:
        return UnknownRunError(error.message, f"{lacking}. {error.hint}")
    return error


def _plan(store_root: str | None, run: Run) -> Plan | None:
    """What k6 was to do in ``run``, where an answer in the store tells; a store that cannot be is no hindrance here."""
    from loadline import emit
    from loadline.errors import StoreError

    try:
        return emit.store_at(store_root).plan(run.testid, run.start, run.end)
    except StoreError:
        return None


def unix(text: str, option: str) -> float:
    """Unix seconds of RFC 3339 or of a number of them; a time without a zone is UTC."""
    from loadline.errors import UsageError

    try:
        if re.fullmatch(r"[0-9]{1,10}(\.[0-9]*)?", text):
            return float(text)
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: {text!r} is no time", "Write 2026-11-20T10:00:00Z") from None
