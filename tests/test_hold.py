"""k6/hold.js by a real k6 into a real Prometheus, against an API whose capacity is known by construction."""

from __future__ import annotations

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loadline import k6
from loadline.bench import Bench
from loadline.data import data
from loadline.stack import binaries
from rules import runs
from rules.answer import Objective
from rules.confirmation import look
from rules.durations import go_seconds
from rules.parts import Part
from rules.prometheus import Prometheus
from rules.reading import read
from rules.signals.signal import where
from rules.timeline import Timeline
from rules.wording import moment
from tests.real import start_sample_api, wait_for

K6 = binaries.find("k6")
CAPACITY = 100.0
RATES = {"below": 0.9 * CAPACITY, "above": 1.1 * CAPACITY}
SECONDS = 66.0


def hold(folder: Path, **env: str) -> tuple[int, str, list[dict[str, Any]]]:
    """Exit code, log and metric samples of k6/hold.js alone."""
    samples = folder / "samples.json"
    command = [str(K6), "run", "--quiet", "--no-color", "--address", "", "--no-usage-report", "-o", f"json={samples}"]
    done = subprocess.run(
        [*command, str(data("k6", "hold.js"))],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"PATH": os.environ["PATH"], **env},
    )
    told = [json.loads(line) for line in samples.read_text().splitlines()]
    return done.returncode, done.stderr, [one for one in told if one["type"] == "Point"]


def test_the_rate_may_be_a_fraction() -> None:
    done = subprocess.run(
        [str(K6), "inspect", "--include-system-env-vars", str(data("k6", "hold.js"))],
        capture_output=True,
        timeout=30,
        check=True,
        env={"PATH": os.environ["PATH"], "RATE": "12.5"},
    )
    told = json.loads(done.stdout)["scenarios"]["hold"]
    assert told["rate"] / (go_seconds(told["timeUnit"]) or 0.0) == 12.5


def test_requests_come_at_the_rate_with_the_labels_of_the_ramp(tmp_path: Path) -> None:
    url = "http://ann:secret@127.0.0.1:9/boards"
    code, _, points = hold(tmp_path, TARGET_URL=url, RATE="12.5", VUS="20", DURATION="2s")
    sent = [one["data"]["tags"] for one in points if one["metric"] == "http_reqs"]
    assert code == 0
    assert 15 <= len(sent) <= 26  # a busy machine begins some too late
    assert {one["name"] for one in sent} == {"http://127.0.0.1:9/boards"}
    assert {one["scenario"] for one in sent} == {"hold"}
    assert {"url", "vu", "iter", "ip"}.isdisjoint(tag for one in points for tag in one["data"]["tags"])


def test_without_a_target_it_says_what_is_missing(tmp_path: Path) -> None:
    code, log, _ = hold(tmp_path)
    assert code == 108
    assert "TARGET_URL is not set: give the address to test, http:// or https:// included" in log


def test_inspect_tells_its_length_and_that_it_makes_no_vus_but_those_planned() -> None:
    plan = k6.inspect(K6, data("k6", "hold.js"), {"RATE": "0.25", "VUS": "40", "DURATION": "180s"}).plan
    assert (plan.vus, plan.max_vus, plan.seconds) == (None, 40, 180.0)


def load(url: str, testid: str, prometheus_url: str, folder: Path) -> int:
    env = {"TARGET_URL": url, "RATE": f"{RATES[testid]:g}", "VUS": "340", "DURATION": f"{SECONDS:.0f}s"}
    one = k6.Load(data("k6", "hold.js"), {"testid": f"hold-{testid}"}, env, push_interval="1s")
    with (folder / f"{testid}.log").open("w") as log:
        done = subprocess.run(
            k6.command(K6, one),
            env={**os.environ, **k6.environment(one, prometheus_url)},
            stdout=log,
            stderr=log,
            timeout=110,
            check=False,
        )
    return done.returncode


def recorded(name: str, prometheus: Prometheus) -> Timeline:
    def found() -> list[runs.Run]:
        return runs.find(prometheus, where(testid=f"hold-{name}"), now - 2 * SECONDS, time.time() + 1)

    now = time.time()
    wait_for(lambda: bool(found()) and found()[0].end > found()[0].start + SECONDS - 3, f"end of {name}")
    return read(prometheus, found()[0])


@pytest.fixture(scope="module")
def holds(prometheus: Prometheus) -> dict[str, Timeline]:
    """Both at the same time, each on a server of its own; they take little of the machine."""
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        benches = {name: stack.enter_context(Bench()) for name in RATES}
        urls = {name: f"{start_sample_api(bench, '--workers', '2')}/boards" for name, bench in benches.items()}
        running = [
            threads.submit(load, urls[name], name, prometheus.url, bench.folder) for name, bench in benches.items()
        ]
        assert [one.result() for one in running] == [0, 0]
    return {name: recorded(name, prometheus) for name in RATES}


@pytest.mark.parametrize(("name", "said"), [("below", "held"), ("above", "not_held")])
def test_90_per_cent_of_the_capacity_hold_and_110_do_not(holds: dict[str, Timeline], name: str, said: str) -> None:
    timeline = holds[name]
    part = Part(
        name="confirmation",
        start=moment(timeline.start),
        end=moment(timeline.end),
        rate=RATES[name],
        seconds=SECONDS,
    )
    tried = look(timeline, Objective(), part)
    assert tried is not None
    assert tried.said == said, (tried.doubt, tried.hold)
    assert tried.hold.goodput.value == pytest.approx(min(RATES[name], CAPACITY), rel=0.03)
    assert tried.hold.keeps_up == (said == "held")


def test_k6_vus_are_those_at_work_and_none_is_made(holds: dict[str, Timeline]) -> None:
    assert {name: one.vus_ready for name, one in holds.items()} == {"below": 340, "above": 340}
    assert np.median(holds["below"].vus) < 20  # a moment without CPU makes a queue for a second
    assert max(holds["below"].vus) < 200
    assert max(holds["above"].vus) > 300
