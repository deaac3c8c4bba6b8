"""The thread through every part, on a real k6 and a real Prometheus."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from rules import names
from rules.answer import Answer
from rules.finding import Verdict
from rules.signals import answer as answered
from rules.signals.load import GOODPUT, RESPONSES
from rules.signals.signal import where
from tests.real import TRUE_CAPACITY, RealRun, loadline, wait_for

RUN = where(testid="real")


def test_the_answer_is_the_capacity_by_construction(real_run: RealRun) -> None:
    top = real_run.answer.max_throughput
    assert real_run.answer.verdict is Verdict.SATURATED
    assert top.value == pytest.approx(TRUE_CAPACITY, rel=0.03)
    assert top.low is not None
    assert top.high is not None
    assert top.low <= TRUE_CAPACITY * 1.005
    assert top.high >= TRUE_CAPACITY * 0.995
    assert real_run.answer.knee is not None
    assert real_run.answer.knee.vus == pytest.approx(52, rel=0.1)


def test_the_generator_is_proven_innocent_by_its_pulse(real_run: RealRun) -> None:
    finding = next(one for one in real_run.answer.findings if one.rule == "generator")
    assert real_run.answer.generator.verdict == "ok"
    assert finding.measured is not None
    assert abs(finding.measured) < 0.1


def test_progress_is_told_on_stderr_and_only_the_answer_on_stdout(real_run: RealRun) -> None:
    assert "requests/s  p95" in real_run.stderr
    assert "0:00 / 1:00  VUs " in real_run.stderr


def test_answer_report_and_log_are_in_the_folder_it_names(real_run: RealRun) -> None:
    named = next(line for line in real_run.stderr.splitlines() if line.startswith("answer and report: "))
    folder = Path(named.removeprefix("answer and report: "))
    assert Answer.from_json((folder / "answer.json").read_text()) == real_run.answer
    assert "<svg" in (folder / "report.html").read_text()
    assert (folder / "k6.log").exists()


def test_analyze_answers_the_same_from_prometheus_alone(real_run: RealRun, tmp_path: Path) -> None:
    client = real_run.client
    options = ("--testid", "real", "--prometheus-url", client.url, "--format", "json", "--store", str(tmp_path))
    done = loadline("analyze", *options)
    assert done.returncode == 0, done.stderr
    again = Answer.from_json(done.stdout)
    assert (again.verdict, again.max_throughput) == (real_run.answer.verdict, real_run.answer.max_throughput)
    listed = loadline("runs", "--store", str(tmp_path)).stdout
    assert "real" in listed
    assert "saturated: " in listed


def test_a_panels_rate_and_the_estimators_counters_agree_on_the_plateau(real_run: RealRun) -> None:
    window = next(one for one in real_run.answer.findings if one.rule == "throughput").window
    assert window is not None
    seconds = int((window.end - window.start).total_seconds()) - 2
    shown = real_run.client.scalar(GOODPUT.rate(f"{seconds}s", RUN), window.end.timestamp() - 1)
    assert shown == pytest.approx(real_run.answer.max_throughput.value, rel=0.01)


def test_the_watcher_publishes_the_answer_and_the_events_that_boards_read(real_run: RealRun) -> None:
    wait_for(lambda: _answer_is_scraped(real_run), "answer of the watcher in Prometheus")
    now = real_run.answer.window.end.timestamp() + 60
    shown = real_run.client.scalar(answered.latest(answered.MAX_THROUGHPUT, "10m", RUN), now)
    assert shown == pytest.approx(real_run.answer.max_throughput.value, rel=0.01)
    events = real_run.client.instant(answered.EVENT.selector(RUN), now)
    told = {one["metric"][names.RULE] for one in events}
    assert {"run", "throughput", "slo", "knee"} <= told


def _answer_is_scraped(run: RealRun) -> bool:
    now = run.answer.window.end.timestamp() + 60
    return run.client.scalar(answered.MAX_THROUGHPUT.value(RUN), now) is not None


def test_failures_are_counted_by_status(real_run: RealRun, tmp_path: Path) -> None:
    options = ("--vus", "8", "--duration", "55s", "--think-time", "500ms", "--testid", "failing", "--format", "json")
    where_to = ("--prometheus-url", real_run.client.url, "--store", str(tmp_path))
    done = loadline("run", f"{real_run.url}/fail", *options, *where_to)
    answer = Answer.from_json(done.stdout)
    assert done.returncode == 4
    assert answer.verdict is Verdict.FAILING
    assert answer.max_throughput.low is None
    assert answer.failures is not None
    assert answer.failures.ratio == 1.0
    total = f"last_over_time({RESPONSES.selector(where(testid='failing'))}[1m])"
    assert answer.failures.by_status == {"500": real_run.client.scalar(total, answer.window.end.timestamp() + 5)}


SCRIPT = """
import http from 'k6/http';
import { sleep } from 'k6';
export const options = {
  tags: { team: 'shop' },
  stages: [{ duration: '55s', target: 20 }],
  thresholds: { http_req_duration: ['p(95)<0.001'] },
};
export default function () { http.get(`${__ENV.API}/boards`); sleep(0.5); }
"""


def test_a_users_script_keeps_its_own_tags_and_a_lost_threshold_is_still_an_answer(
    real_run: RealRun, tmp_path: Path
) -> None:
    script = tmp_path / "shop.js"
    script.write_text(SCRIPT)
    options = ("--script", str(script), "--testid", "shop", "--prometheus-url", real_run.client.url)
    done = loadline("run", *options, "--store", str(tmp_path), "--format", "json", env={"API": real_run.url})
    assert done.returncode == 3, done.stderr
    answer = Answer.from_json(done.stdout)
    assert answer.verdict is Verdict.NOT_SATURATED
    kept = real_run.client.instant(RESPONSES.selector(where(testid="shop", team="shop")), answer.window.end.timestamp())
    assert len(kept) == 1


def test_the_exporter_is_scraped_with_its_role(real_run: RealRun) -> None:
    up = requests.get(
        f"{real_run.client.url}/api/v1/query", params={"query": 'up{job="exporter",role="both"}'}, timeout=5
    ).json()["data"]["result"]
    assert [one["value"][1] for one in up] == ["1"]
