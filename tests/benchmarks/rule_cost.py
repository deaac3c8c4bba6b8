"""What the generated rules cost a Prometheus: evaluation time a cycle, and series."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import requests

from loadline.bench import Bench
from loadline.stack import binaries
from rules import names
from rules.prometheus import Prometheus
from rules.slo.every_day import EVERY
from tests.alerting import start_prometheus

DAYS: Final = 30
STEP: Final = int(EVERY.removesuffix("s"))
RECORDED: Final = f'{{__name__=~"{names.TESTID}:.*|slo:.*|{names.PROBE}:.*"}}'
SLO_NAME: Final = "requests"
REPEATS: Final = 20


@dataclass
class Cycles:
    """What each look at the rules saw: the seconds of each group's last evaluation, and the series of all."""

    seconds: list[dict[str, float]] = field(default_factory=list)
    series: list[int] = field(default_factory=list)

    def told(self) -> str:
        summed = [1000 * sum(one.values()) for one in self.seconds if one]
        return (
            f"{median(summed):.1f} ms a cycle (median; at most {max(summed):.1f} ms), "
            f"{max(self.series, default=0)} recorded series at most"
        )


def evaluated(client: Prometheus) -> dict[str, float]:
    """Seconds of each group's last evaluation; of one that was never evaluated, nothing."""
    groups = requests.get(f"{client.url}/api/v1/rules", timeout=10).json()["data"]["groups"]
    return {one["name"]: one["evaluationTime"] for one in groups if one["evaluationTime"] > 0}


def recorded(client: Prometheus) -> int:
    found = client.instant(f"count({RECORDED})", time.time())
    return int(float(found[0]["value"][1])) if found else 0


@contextmanager
def busy(client: Prometheus) -> Iterator[Cycles]:
    """Looks every five seconds, until it is left."""
    cycles, over = Cycles(), threading.Event()

    def look() -> None:
        while not over.wait(5):
            cycles.seconds.append(evaluated(client))
            cycles.series.append(recorded(client))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield cycles
    finally:
        over.set()
        looking.join()


def costs() -> str:
    """With a month of what the rules of an SLO recorded in the store, as they look back on all of it.

    Of each rule the least of REPEATS queries, less that of a query for nothing: what a busy machine adds is no cost.
    """
    with Bench() as bench:
        data = _month(bench.folder)
        client = start_prometheus(binaries.obtain("prometheus"), bench, "127.0.0.1:9", data)
        groups = requests.get(f"{client.url}/api/v1/rules", timeout=10).json()["data"]["groups"]
        of_slo = [rule for one in groups for rule in one["rules"] if rule.get("labels", {}).get(names.SLO) == SLO_NAME]
        nothing = _least(client, "vector(1)")
        spent = {
            one["name"]: 1000 * sum(max(0.0, _least(client, rule["query"]) - nothing) for rule in one["rules"])
            for one in groups
        }
    whole = spent.pop(f"loadline-slo-{SLO_NAME}-budget")
    series = sum(rule["type"] == "recording" for rule in of_slo)
    return (
        f"with {DAYS} days in the store: {sum(spent.values()):.1f} ms a cycle, the whole window {whole:.1f} ms; "
        f"{series} recorded series of an SLO"
    )


def _least(client: Prometheus, query: str) -> float:
    """Seconds of the quickest of REPEATS queries."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.instant(query, time.time())
        taken.append(time.perf_counter() - began)
    return min(taken)


def _month(folder: Path) -> Path:
    now = int(time.time())
    text, blocks = folder / "month.txt", folder / "month"
    with text.open("w") as file:
        for name, value in ((names.SLO_ERRORS, "0.01"), (names.SLO_REQUESTS, "1")):
            file.write(f"# TYPE {name} gauge\n")
            labels = f'{{{names.SLO}="{SLO_NAME}"}}'
            file.writelines(f"{name}{labels} {value} {at}\n" for at in range(now - DAYS * 86400, now, STEP))
        file.write("# EOF\n")
    command: list[str | Path] = [binaries.obtain("promtool"), "tsdb", "create-blocks-from", "--max-block-duration=240h"]
    subprocess.run([*command, "openmetrics", text, blocks], check=True, capture_output=True, timeout=300)
    return blocks
