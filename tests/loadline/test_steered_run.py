"""``loadline run`` with nothing but a URL, and with a script that can only waste time: whole commands, real k6."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from loadline.bench import Bench
from rules import parts
from rules.answer import Answer
from rules.finding import Verdict
from tests.loadline.started import started
from tests.real import TRUE_CAPACITY, loadline, start_sample_api, wait_for

LONGEST = 420.0
pytestmark = pytest.mark.timeout(LONGEST + 60.0)  # a run that finds out by itself, not one of 50 s
WASTED = """
import http from 'k6/http';
import { sleep } from 'k6';
export const options = { scenarios: { all: { executor: 'constant-vus', vus: 5, duration: '100s' } } };
export default function () { http.get(`${__ENV.API}/fail`); sleep(0.2); }
export function teardown() { console.log('torn down'); }
export function handleSummary(data) { return { [__ENV.SUMMARY]: JSON.stringify(data.metrics.http_reqs.values.count) }; }
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, str]:
    """The answer to a whole run that was told nothing, with its confirmation, and what was said on the way."""
    options = ("--think-time", "100ms", "--confirm", "--max-vus", "400", "--testid", "steered", "--format", "json")
    with Bench() as bench:
        url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
        with started(tmp_path_factory.mktemp("steered") / "run", "run", f"{url}/boards", *options) as run:
            wait_for(lambda: run.process.poll() is not None, "end of the run", LONGEST)
            assert run.process.returncode == 0, run.err
            return Answer.from_json(run.out), run.err


def test_it_finds_the_maximum_by_itself(ran: tuple[Answer, str]) -> None:
    answer, _ = ran
    assert answer.verdict is Verdict.SATURATED, answer.because
    top = answer.max_throughput
    assert top.value == pytest.approx(TRUE_CAPACITY, rel=0.03)
    assert top.low is not None
    assert top.high is not None
    assert top.low <= 1.005 * TRUE_CAPACITY  # one interval in twenty need not hold it, and is then near
    assert top.high >= 0.995 * TRUE_CAPACITY


def test_it_stops_as_soon_as_it_knows(ran: tuple[Answer, str]) -> None:
    answer, said = ran
    assert [parts.kind(part.name) for part in answer.parts][:2] == ["probe", "ramp"]
    ramp = next(part for part in reversed(answer.parts) if parts.kind(part.name) == parts.RAMP)
    assert ramp.stop is not None
    assert ramp.stop.reason == "known"
    assert (ramp.stop.plateau_seconds or 0) >= 60.0
    assert (ramp.stop.half_width or 1) <= 0.02
    assert (ramp.stop.knee_multiple or 0) >= 1.5
    assert (ramp.end - answer.window.start).total_seconds() < 400.0
    assert f"ramp stopped: {ramp.stop.because}" in said


def test_its_report_draws_every_part(ran: tuple[Answer, str]) -> None:
    answer, said = ran
    page = Path(said.strip().splitlines()[-1].strip()).read_text()
    regions = [page.count(f'class="part {kind}"') for kind in (parts.PROBE, parts.RAMP, parts.CONFIRMATION)]
    kinds = [parts.kind(part.name) for part in answer.parts]
    charts = regions[0] // kinds.count(parts.PROBE)
    assert charts >= 3
    assert regions == [charts * kinds.count(kind) for kind in (parts.PROBE, parts.RAMP, parts.CONFIRMATION)]
    lines = page.count('class="line c3"')  # of VUs: one for all ramps together, and one for each other part
    assert lines == 1 + len(kinds) - kinds.count(parts.RAMP)


def test_what_it_found_is_held_at_a_constant_rate(ran: tuple[Answer, str]) -> None:
    answer, _ = ran
    last = answer.parts[-1]
    assert parts.kind(last.name) == parts.CONFIRMATION
    assert last.stop is not None
    assert last.stop.reason == "held"
    assert answer.slo_capacity is not None
    assert answer.slo_capacity.model == "open"
    assert answer.slo_capacity.value == pytest.approx(last.rate, rel=0.02)
    assert 0.8 * TRUE_CAPACITY < (answer.slo_capacity.value or 0.0) <= 1.01 * TRUE_CAPACITY


def test_a_script_that_can_only_waste_time_is_ended_with_its_teardown_and_summary(tmp_path: Path) -> None:
    script, summary = tmp_path / "wasted.js", tmp_path / "summary.json"
    script.write_text(WASTED)
    options = ("--script", str(script), "--testid", "wasted", "--store", str(tmp_path), "--format", "json")
    with Bench() as bench:
        url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
        done = loadline("run", *options, env={"API": url, "SUMMARY": str(summary)})
    assert done.returncode == 4, done.stderr
    answer = Answer.from_json(done.stdout)
    assert answer.verdict is Verdict.FAILING
    (part,) = answer.parts
    assert part.name == "run"
    assert part.stop is not None
    assert part.stop.reason == "failing"
    assert (part.end - part.start).total_seconds() < 60.0
    assert answer.failures is not None
    assert int(summary.read_text()) == pytest.approx(answer.failures.count, abs=10)


def test_ctrl_c_between_two_parts_answers_what_was_seen_and_leaves_nothing(tmp_path: Path) -> None:
    options = ("--think-time", "100ms", "--max-vus", "400", "--testid", "paused", "--format", "json")
    with Bench() as bench:
        url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
        with started(tmp_path / "paused", "run", f"{url}/boards", *options) as run:
            wait_for(lambda: run.says("a pause of "), "pause", 90.0)
            run.process.send_signal(signal.SIGINT)
            run.process.wait(30.0)
            assert run.process.returncode == 130, run.err
            assert run.family() == []
            assert list(run.tmpdir.iterdir()) == []
            answer = Answer.from_json(run.out)
    (probe,) = answer.parts
    assert (probe.name, probe.stop and probe.stop.reason) == ("probe", "sized")
    assert answer.max_throughput.value is None
    assert "Traceback" not in run.err
