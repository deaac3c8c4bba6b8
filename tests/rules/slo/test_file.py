"""``slo.yaml``: what it may say, and that every mistake is told at once, by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.answer import Objective
from rules.errors import UsageError
from rules.slo.__main__ import SOURCE
from rules.slo.file import SloFileError, parse, read
from rules.slo.model import Promise

ONE = "slos:\n  - name: requests\n    indicator: {k6: requests}\n"


def _promise(text: str) -> Promise:
    promise = parse(text)
    assert isinstance(promise, Promise), [str(one) for one in promise]
    return promise


def _mistakes(text: str, retention_days: float | None = None) -> list[str]:
    found = parse(text, retention_days)
    assert isinstance(found, list)
    return [str(one) for one in found]


def test_the_committed_promise_is_the_answers_own_default() -> None:
    promise = read(SOURCE)
    assert promise.of_k6.objective == Objective()
    assert promise.of_k6.time_window == 30


def test_what_is_left_out_has_the_defaults_of_the_committed_one() -> None:
    assert _promise(ONE).of_k6.objective == Objective()
    assert _promise(ONE).of_k6.time_window == 30


def test_durations_and_weeks_are_understood() -> None:
    slo = _promise(ONE + "    threshold: 300ms\n    timeWindow: 4w\n    target: 0.99\n").of_k6
    assert (slo.threshold, slo.time_window, slo.target) == (0.3, 28, 0.99)


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    text = """\
slos:
  - name: Bad Name
    indicator: {k6: requests}
    threshold: 1x
    target: 0.9
    timeWindow: 90d
  - indicator:
      ratioMetric: {good: 'a{b=}', total: x}
    threshold: 2s
    targt: 0.99
  - name: checkout
    indicator: {}
extra: 1
"""
    assert _mistakes(text, retention_days=40) == [
        "2: slos[0].name: 'Bad Name' is no name: lower-case letters, digits and - only, 63 at most",
        "4: slos[0].threshold: '1x' is no duration: write 1s, 300ms or 1m30s",
        "5: slos[0].target: 0.9 is too low for an alert to be able to fire: at 14.4 times the budget more than all "
        "requests would have to fail; it must be above 0.931",
        "6: slos[0].timeWindow: 90d is longer than the store keeps samples (40d): shorten it, or keep them longer",
        "7: slos[1].name: is missing",
        "8: slos[1].indicator.ratioMetric.good: 'b=' are no matchers: write label=\"value\", with =, !=, =~ or !~, "
        "and commas between",
        "9: slos[1].threshold: means nothing to a ratioMetric: its counters say what is good",
        "10: slos[1].targt: is no key that is known here",
        "12: slos[2].indicator: give one of k6, histogram and ratioMetric",
        "13: extra: is no key that is known here",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["1: must be a mapping with the key slos"]),
        ("- 1", ["1: must be a mapping with the key slos"]),
        ("slos: []", ["1: slos: must hold one SLO at least"]),
        ("slos: {}", ["1: slos: must be a list"]),
        ("slos:\n- 5", ["1: slos: one SLO must be about k6's requests", "2: slos[0]: must be a mapping"]),
        ("a:\n  b: [", ["2: no YAML: "]),
        ("[" * 100_000, ["1: nested deeper than any SLO is"]),
        ("slos: &a [*a]", ["1: *a: write it out"]),
        ("a: &x [1]\nb: [*x, *x]", ["2: *x: write it out"]),
        ("a: !!python/name:os.system x", ["1: no YAML: "]),
        (ONE + "    target: 0.95\n    target: 0.99\n", ["5: slos.0.target: stands here for the second time"]),
        (ONE + "    target: 95\n", ["4: slos[0].target: 95 must be below 1: write 0.95 for 95 %"]),
        (ONE + "    target: 1\n", ["4: slos[0].target: 1 must be below 1"]),
        (ONE + "    target: .nan\n", ["4: slos[0].target: must be"]),
        (ONE + "    threshold: 0s\n", ["4: slos[0].threshold: must be greater than 0"]),
        (ONE + "    threshold: yes\n", ["4: slos[0].threshold: must be a duration"]),
        (ONE + "    timeWindow: 36h\n", ["4: slos[0].timeWindow: '36h' is no window"]),
        (ONE + "    timeWindow: 5d\n", ["4: slos[0].timeWindow: 5d is too short"]),
        (
            ONE + ONE.removeprefix("slos:\n"),
            ["4: slos[1].name: 'requests' is the name of", "5: slos[1].indicator.k6: an"],
        ),
        (
            ONE + "  - {name: a, indicator: {histogram: {metric: a_seconds_bucket}}}",
            ["4: slos[1].indicator.histogram: a_seconds_bucket is a part of a histogram"],
        ),
        (
            "slos:\n  - {name: a, indicator: {ratioMetric: {good: g, total: t}}}",
            ["1: slos: one SLO must be about k6's requests"],
        ),
        (
            ONE + "  - {name: a, indicator: {ratioMetric: {good: 'g) or vector(1', total: t}}}",
            ["4: slos[1].indicator.ratioMetric.good: 'g) or vector(1' is no metric"],
        ),
    ],
)
def test_a_mistake_is_told(text: str, said: list[str]) -> None:
    found = _mistakes(text)
    assert len(found) == len(said)
    for one, begin in zip(found, said, strict=True):
        assert one.startswith(begin.replace("slos.0", "slos[0]"))


def test_an_objective_just_high_enough_for_an_alert_is_none() -> None:
    assert _promise(ONE + "    target: 0.9306\n")
    assert len(_mistakes(ONE + "    target: 0.9305\n")) == 1


def test_a_file_is_refused_with_its_name_before_each_line(tmp_path: Path) -> None:
    path = tmp_path / "slo.yaml"
    path.write_text(ONE + "    target: 2\n    window: 1\n")
    with pytest.raises(SloFileError) as refused:
        read(path)
    assert [line.split(": ")[0] for line in refused.value.lines] == [f"{path}:4", f"{path}:5"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"a" * 1_000_001])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "slo.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=str(path)):
        read(path)
