"""Numbers and times as people say them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from loadline.report import words
from rules.answer import Event, Interval


def test_numbers_are_written_for_people() -> None:
    assert words.rate(1090.2) == "1,090 requests/s"
    assert words.share(0.38) == "38 %"
    assert words.seconds(0.48) == "480 ms"
    assert words.seconds(1.2) == "1.20 s"
    assert words.number(92.44) == "92.4"


@pytest.mark.parametrize("say", [words.number, words.rate, words.share, words.seconds])
@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_not_known_is_called_unknown(say, value) -> None:  # type: ignore[no-untyped-def]
    assert say(value) == "unknown"


def test_a_measured_value_carries_its_unit() -> None:
    assert words.measured(0.25, "ratio") == "25 %"
    assert words.measured(590, "s") == "590 s"
    assert words.measured(1090.2, "requests/s") == "1,090 requests/s"
    assert words.measured(3, None) == "3"
    assert words.measured(None, "s") == "–"


def test_a_lower_bound_is_an_at_least() -> None:
    assert words.best_known(Interval(low=812.3)) == "at least 812 requests/s"
    assert words.best_known(Interval(low=812.3, high=990.1)) == "between 812 and 990 requests/s"
    assert words.bounds(Interval(low=812.3, high=990.1)) == ""
    assert words.best_known(Interval(value=900, low=812.3)) == "at least 900 requests/s"
    assert words.best_known(Interval(high=900)) == "below 900 requests/s"
    assert words.best_known(Interval(low=812.3, high=990.1), in_doubt=True) == "at least 812 requests/s"
    assert words.best_known(Interval(value=900, low=812.3, high=990.1), in_doubt=True) == "at least 900 requests/s"
    assert words.best_known(Interval(value=900)) == "900 requests/s"
    assert words.best_known(Interval()) == "unknown"
    assert words.bounds(Interval(value=1, low=1078, high=1101.9)) == "1,078 to 1,102 (95 % interval)"
    assert words.bounds(Interval(low=1078)) == ""


@pytest.mark.parametrize(
    ("span", "said"),
    [(45, "45 s"), (600, "10 min"), (125, "2 min 5 s"), (3600, "1 h"), (3900, "1 h 5 min"), (0, "0 s")],
)
def test_lengths_of_time(span: float, said: str) -> None:
    assert words.length(span) == said


@pytest.mark.parametrize(("span", "said"), [(0, "0:00"), (118.4, "1:58"), (3723, "1:02:03"), (-5, "-0:05")])
def test_a_stopwatch(span: float, said: str) -> None:
    assert words.elapsed(span) == said


def test_times_are_told_in_the_readers_zone_with_its_name() -> None:
    moment = datetime(2026, 11, 20, 10, 1, 58, tzinfo=UTC)
    seoul = timezone(timedelta(hours=9), "KST")
    assert words.day_and_clock(moment, UTC) == "20 November 2026, 10:01:58 UTC"
    assert words.day_and_clock(moment, seoul) == "20 November 2026, 19:01:58 KST"
    assert words.clock(moment, seoul) == "19:01:58"
    assert words.clock(None) == "unknown"
    assert words.machine_time(moment.astimezone(seoul)) == "2026-11-20T10:01:58Z"


def test_statuses_are_named() -> None:
    assert words.status("503") == "503 Service Unavailable"
    assert words.status("0") == "no reply"
    assert words.status("") == "status unknown"
    assert words.status("599") == "599"
    assert words.status("teapot") == "teapot"


def test_a_number_stays_on_one_line_with_its_unit() -> None:
    said = words.unbroken("95 % within 1.00 s at 1,180 VUs, 3 shops and 12 503s")
    assert said == "95\u00a0% within 1.00\u00a0s at 1,180\u00a0VUs, 3 shops and 12 503s"


def test_a_clause_becomes_a_sentence() -> None:
    assert words.sentence("goodput stayed at 1,090/s") == "Goodput stayed at 1,090/s."
    assert words.sentence("Is it up?") == "Is it up?"
    assert words.sentence("  ") == ""


@pytest.mark.parametrize(
    ("rule", "text", "said"),
    [
        ("failures", "503 ×420", "failures: 503 ×420"),
        ("knee", "knee: 103 VUs", "knee: 103\N{NO-BREAK SPACE}VUs"),
        ("slo", "SLO lost", "SLO lost"),
        ("stop", "ramp stopped: 61 s of plateau", "ramp stopped: 61\N{NO-BREAK SPACE}s of plateau"),
    ],
)
def test_an_event_is_told_without_saying_its_rule_twice(rule: str, text: str, said: str) -> None:
    assert words.happened(Event(rule=rule, time=datetime(2026, 11, 20, tzinfo=UTC), text=text)) == said
