"""``loadline analyze``: the answer to any run that a Prometheus holds."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from loadline.commands.options import format_option, latency_limit, require_throughput, store_option


@click.command(
    epilog="""\b
Examples:
  loadline analyze --testid boards-1 --prometheus-url http://127.0.0.1:9090
  loadline analyze --selector 'job="k6"' --from 2026-11-20T10:00:00Z --to 2026-11-20T10:10:00Z
  k6 run -o experimental-prometheus-rw --tag testid=mine script.js && loadline analyze --testid mine
""",
)
@click.option("--testid", help="The run's testid tag; its newest run is answered.")
@click.option("--selector", help="PromQL label matchers of an untagged run.")
@click.option("--from", "since", help="Not before this time: RFC 3339, or unix seconds.")
@click.option("--to", "until", help="Not after this time.  [default: now]")
@click.option("--prometheus-url", default="http://127.0.0.1:9090", show_default=True)
@latency_limit
@require_throughput
@format_option
@store_option
def analyze(
    testid: str | None,
    selector: str | None,
    since: str | None,
    until: str | None,
    prometheus_url: str,
    latency_limit: str,
    require_throughput: float | None,
    form: str,
    store_root: str | None,
) -> None:
    """Read a run from Prometheus and say how many requests per second it proved."""
    from loadline import emit, exits
    from loadline.conclude import Conclusion
    from loadline.errors import UsageError
    from loadline.options import parse
    from rules import runs
    from rules.judge import analyze as judge
    from rules.prometheus import Prometheus
    from rules.signals.signal import where

    if (testid is None) == (selector is None):
        raise UsageError("give --testid ID, or --selector MATCHERS", "See loadline analyze --help")
    objective = parse(url=prometheus_url, latency_limit=latency_limit).objective
    end = unix(until, "--to") if until else datetime.now(UTC).timestamp()
    start = unix(since, "--from") if since else end - runs.LOOKBACK_SECONDS
    if start >= end:
        raise UsageError("--from is not before --to")
    client = Prometheus(prometheus_url)
    matchers = (
        where(testid=testid) if testid is not None else (selector or "").strip().removeprefix("{").removesuffix("}")
    )
    found = runs.find(client, matchers, start, end)
    if not found:
        raise runs.unknown(client, testid, start, end)
    if len(found) > 1:
        click.echo(f"{len(found)} runs match; this is the newest (--from and --to choose another)", err=True)
    answer, timeline = judge(client, found[-1], objective)
    emit.show(answer, form)
    emit.keep(Conclusion(answer, timeline), emit.store_at(store_root))
    source = click.get_current_context().get_parameter_source("latency_limit")
    by_slo = source is not None and source.name != "DEFAULT"
    raise click.exceptions.Exit(exits.code(answer, require_throughput, by_slo))


def unix(text: str, option: str) -> float:
    """Unix seconds of RFC 3339 or of a number; a time without a zone is UTC."""
    from loadline.errors import UsageError

    try:
        return float(text)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is no time", "Write 2026-11-20T10:00:00Z") from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
