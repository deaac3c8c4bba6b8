"""The highest rate allowed, kept by a real k6: VUs that would make five times as much wait for their turn."""

from __future__ import annotations

import json
import os
import subprocess

import requests

from loadline.bench import Bench
from loadline.data import data
from loadline.stack import binaries
from loadline.steering.auto import AutoCourse
from loadline.steering.course import stages
from loadline.steering.fixed import never
from tests.real import start_sample_api


def test_k6_sends_no_more_than_the_rate_allowed(bench: Bench) -> None:
    url = start_sample_api(bench, "--workers", "4", "--service-ms", "20")
    leg = AutoCourse(think=0.1, max_vus=1000, max_rate=20.9, stop=never).begin()
    twelve = json.dumps(stages(((0.2, 12), (4.8, 12))))  # 12 VUs with a cycle of 0.12 s: 100 requests/s
    env = {
        **leg.env,
        "STAGES": twelve,
        "TARGET_URL": f"{url}/boards",
        "THINK_TIME": "0.1",
        "K6_NO_USAGE_REPORT": "true",
    }
    done = subprocess.run(
        [str(binaries.find("k6")), "run", "--quiet", str(data("k6", "ramp.js"))],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    served = requests.get(f"{url}/stats", timeout=5.0).json()["served"]
    assert 80 <= served <= 20 * 5.0 + 12 + 1  # those who wait at the end have their turn in the time to stop
