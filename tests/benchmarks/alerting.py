"""How soon a load test's alert is told, how quiet healthy tests are, what the rules cost: ``make benchmark-alerts``.

Real runs of k6, pushed every 5 s, past the SLO of a server of 100 requests/s; a run ends when its alert has arrived.
When the SLO was lost is read off k6's own list of requests: from that second on too few were good in each.
"""

from __future__ import annotations

import csv
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from loadline import k6
from loadline.bench import Bench
from loadline.data import data
from loadline.stack import binaries, process
from rules import names
from rules.prometheus import Prometheus
from rules.slo.__main__ import SOURCE
from rules.slo.file import read
from tests.alerting import Told, start_alertmanager, start_prometheus
from tests.benchmarks.rule_cost import busy, costs
from tests.real import start_sample_api, wait_for

LOST, WELL, AT_ONCE = 5, 10, 5
"""Runs that lose the SLO, runs that hold it, and how many of these go on at once."""
RAMP: Final = {"VUS": "400", "DURATION": "60s", "THINK_TIME": "0.5"}
CALM: Final = {"VUS": "6", "DURATION": "60s", "THINK_TIME": "0.5"}
"""Of five at once, at most 58 of the server's 100 requests/s."""
OBJECTIVE: Final = read(SOURCE).of_k6.objective


def lost_at(requests: Iterable[tuple[float, bool]]) -> float | None:
    """Unix seconds at which the objective was lost for good, from (end, good) of each request.

    That is the second from which on too few were good in each.
    """
    seconds: dict[int, list[bool]] = {}
    for ended, good in requests:
        seconds.setdefault(int(ended), []).append(good)
    lost = None
    for at, answered in sorted(seconds.items(), reverse=True):
        if sum(answered) / len(answered) >= OBJECTIVE.objective:
            break
        lost = float(at)
    return lost


def requests_in(path: Path) -> Iterable[tuple[float, bool]]:
    """End and goodness of each request in k6's CSV output."""
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["metric_name"] == "http_req_duration":
                soon = float(row["metric_value"]) <= OBJECTIVE.latency_seconds * 1000
                yield float(row["timestamp"]) / 1000, soon and row["expected_response"] == "true"


def start_k6(bench: Bench, client: Prometheus, testid: str, env: Mapping[str, str]) -> process.Child:
    """k6 as ``loadline run`` starts it, which lists its requests too."""
    load = k6.Load(data("k6", "ramp.js"), {names.TESTID: testid}, env)
    listed = ["-o", f"csv={bench.folder / testid}.csv"]
    command = [*k6.command(binaries.find("k6"), load), *listed]
    environ = {**k6.environment(load, client.url), "K6_CSV_TIME_FORMAT": "unix_milli"}
    return process.start(testid, command, bench.folder / f"{testid}.log", bench.interrupts, bench.adopt, environ)


def lose(bench: Bench, client: Prometheus, told: Told, testid: str, url: str) -> float:
    """Seconds from the loss to the notification."""
    child = start_k6(bench, client, testid, {**RAMP, "TARGET_URL": url})

    def arrived() -> list[float]:
        return [when for when, one in told.of(names.SLO_LOST, "firing") if one["labels"][names.TESTID] == testid]

    wait_for(lambda: bool(arrived()), "notification", 90)
    child.stop(signal.SIGINT)
    lost = lost_at(requests_in(bench.folder / f"{testid}.csv"))
    assert lost is not None
    return min(arrived()) - lost


def hold(bench: Bench, client: Prometheus, testids: list[str], url: str) -> None:
    """Healthy runs at once, to their end."""
    children = [start_k6(bench, client, testid, {**CALM, "TARGET_URL": url}) for testid in testids]
    for child in children:
        assert child.ends_within(120), child.tail()
        assert child.process.returncode == 0, child.tail()


def main() -> None:
    say = sys.stdout.write
    with Bench() as bench, Told().listening() as told:
        url = start_sample_api(bench, "--workers", "2", "--service-ms", "20") + "/boards"
        client = start_prometheus(binaries.obtain("prometheus"), bench, start_alertmanager(bench, told.url))
        delays = []
        with busy(client) as cycles:
            for number in range(LOST):
                delays.append(lose(bench, client, told, f"lost-{number}", url))
                load = os.getloadavg()[0]
                say(f"run {number + 1}: told {delays[-1]:.1f} s after the SLO was lost; load average {load:.1f}\n")
                sys.stdout.flush()
        say(
            f"from the loss to the notification, of {LOST} runs: min {min(delays):.1f} s, "
            f"median {statistics.median(delays):.1f} s, max {max(delays):.1f} s\n"
        )
        say(f"all rules, while a test runs: {cycles.told()}\n")
        well = [f"well-{number}" for number in range(WELL)]
        for begin in range(0, WELL, AT_ONCE):
            hold(bench, client, well[begin : begin + AT_ONCE], url)
        alerts = client.instant(f'last_over_time(ALERTS{{{names.TESTID}=~"well-.*"}}[15m])', time.time())
        told_of = [one for _, post in told.posts for one in post["alerts"] if "well-" in str(one["labels"])]
        say(f"{WELL} healthy runs: {len(alerts)} alerts pending or firing, {len(told_of)} told\n")
    say(f"{costs()}\n")


if __name__ == "__main__":
    try:
        main()
    except subprocess.SubprocessError as error:
        sys.exit(str(error))
