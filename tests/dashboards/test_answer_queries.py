"""The queries behind the top row, on series that tell a story; promtool is the Prometheus here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rules.signals import answer, parts, several
from rules.signals.load import GOODPUT, VUS
from rules.signals.signal import Signal, where
from tests.promql import evaluate

RUN = 'testid="a"'
MAXIMUM = "loadline_max_throughput_requests_per_second"
START = "loadline_run_start_timestamp_seconds"


def test_the_maximum_is_found_long_after_its_last_scrape(tmp_path: Path) -> None:
    series = {f"{MAXIMUM}{{{RUN}}}": "400x24", f"{START}{{{RUN}}}": "0x24"}
    query = answer.latest(answer.MAX_THROUGHPUT, "30m", RUN)
    evaluate(tmp_path, series, query, "20m", [("{}", 400)])


WITHDRAWN = {f"{MAXIMUM}{{{RUN}}}": "400x12 stale", f"{START}{{{RUN}}}": "0x24"}


def test_a_maximum_that_was_withdrawn_is_not_shown(tmp_path: Path) -> None:
    evaluate(tmp_path, WITHDRAWN, answer.latest(answer.MAX_THROUGHPUT, "30m", RUN), "20m", [])


def test_a_maximum_that_was_withdrawn_is_in_no_table_while_another_run_s_is(tmp_path: Path) -> None:
    series = WITHDRAWN | {f'{MAXIMUM}{{testid="b"}}': "_x60 500x24", f'{START}{{testid="b"}}': "_x60 300x24"}
    query = several.each(answer.MAX_THROUGHPUT, "30m")
    evaluate(tmp_path, series, query, "20m", [('{testid="b"}', 500)])


def test_another_run_s_maximum_is_not_shown(tmp_path: Path) -> None:
    series = {f'{MAXIMUM}{{testid="b"}}': "400x24", f'{START}{{testid="b"}}': "0x24"}
    query = answer.latest(answer.MAX_THROUGHPUT, "30m", RUN)
    evaluate(tmp_path, series, query, "2m", [])


def test_of_two_verdicts_the_later_stands(tmp_path: Path) -> None:
    series = {
        f'loadline_verdict{{{RUN},verdict="not_saturated"}}': "1x11 0x12",
        f'loadline_verdict{{{RUN},verdict="saturated"}}': "0x11 1x12",
    }
    query = answer.shown(answer.VERDICT, "30m", RUN)
    evaluate(tmp_path, series, query, "20m", [('{verdict="saturated"}', 1)])


def test_an_event_that_turned_out_to_be_untrue_is_not_drawn(tmp_path: Path) -> None:
    event = "loadline_event_timestamp_seconds"
    series = {
        f'{event}{{{RUN},rule="generator"}}': "10x11 stale",
        f'{event}{{{RUN},rule="knee"}}': "20x11 25x12",
        f"{START}{{{RUN}}}": "0x24",
    }
    query = answer.event_milliseconds("30m", RUN)
    evaluate(tmp_path, series, query, "20m", [('{testid="a",rule="knee"}', 25_000)])


def test_parts_are_in_the_table_and_not_among_the_marks_of_moments(tmp_path: Path) -> None:
    event = "loadline_event_timestamp_seconds"
    series = {
        f'{event}{{{RUN},rule="stop",part="probe"}}': "10x24",
        f'{event}{{{RUN},rule="stop",part="ramp"}}': "20x24",
        f'{event}{{{RUN},rule="part",part="ramp"}}': "12x24",
        f"{START}{{{RUN}}}": "0x24",
    }
    marked = [(f'{{testid="a",rule="stop",part="{part}"}}', at) for part, at in (("probe", 10_000), ("ramp", 20_000))]
    evaluate(tmp_path, series, answer.event_milliseconds("30m", RUN), "1m", marked)
    evaluate(tmp_path, series, parts.began_milliseconds("30m", RUN), "1m", [('{part="ramp"}', 12_000)])


VUS_OF_PARTS = {f'k6_vus{{{RUN},part="probe"}}': "1x4 stale", f'k6_vus{{{RUN},part="ramp"}}': "_x6 5+5x6"}
"""5 s a sample: the probe until 20 s, the ramp from 30 s to 60 s."""


@pytest.mark.parametrize(
    ("at", "part"), [("22s", "probe"), ("27s", None), ("30s", "ramp"), ("64s", "ramp"), ("66s", None)]
)
def test_a_part_is_there_while_k6_pushes_and_no_longer(tmp_path: Path, at: str, part: str | None) -> None:
    there = [(f'{{part="{part}"}}', 1.0)] if part else []
    evaluate(tmp_path, VUS_OF_PARTS, parts.there("5s", RUN), at, there)


def test_each_part_s_most_vus_stay_in_the_table(tmp_path: Path) -> None:
    both = [('{part="probe"}', 1.0), ('{part="ramp"}', 35.0)]
    evaluate(tmp_path, VUS_OF_PARTS, parts.most_vus("30m", RUN), "5m", both)


def test_of_two_bottlenecks_the_later_stands(tmp_path: Path) -> None:
    series = {
        f'loadline_bottleneck_info{{{RUN},resource="memory"}}': "1x11 stale",
        f'loadline_bottleneck_info{{{RUN},resource="cpu"}}': "_x11 1x13",
        f"{START}{{{RUN}}}": "0x24",
    }
    evaluate(tmp_path, series, answer.shown(answer.BOTTLENECK, "30m", RUN), "20m", [('{resource="cpu"}', 1)])


@pytest.mark.parametrize(
    ("known", "generator", "expected"),
    [
        ("value low high", "ok", {"": 400, "low": 390, "high": 410}),
        ("value low high", "unknown", {"low": 390, "high": 410, "at least": 400}),
        ("value low", "ok", {"low": 390, "at least": 400}),
        ("value", "ok", {"": 400}),
        ("low", "limited", {"at least": 390}),
        ("low", "unknown", {"at least": 390}),
        ("low high", "ok", {"low": 390, "high": 410}),
        ("low high", "unknown", {"at least": 390}),
        ("high", "ok", {"below": 410}),
        ("high", "unknown", {}),
    ],
)
def test_the_boards_tell_a_number_as_everything_else_does(
    tmp_path: Path, known: str, generator: str, expected: dict[str, float]
) -> None:
    """Of an SLO capacity at the plateau, which is in doubt with it; of the maximum, which is below nothing."""
    for number, queries in (("max_throughput", answer.maximum(ask)), ("slo_capacity", answer.slo_capacity(ask))):
        told = {end: name for end, name in named(number).items() if end in known.split()}
        series = {f"{told[end]}{{{RUN}}}": ENDS[end] for end in told} | {f"{START}{{{RUN}}}": "0x24", **said(generator)}
        series.setdefault(f"{MAXIMUM}{{{RUN}}}", "400x24" if number == "slo_capacity" else "_x24")
        assert set(expected) - {"below"} <= set(queries)
        assert ("below" in queries) is (number == "slo_capacity")
        for name, query in queries.items():
            evaluate(tmp_path, series, query, "20m", [("{}", expected[name])] if name in expected else [])


@pytest.mark.parametrize(("high", "at_least"), [("405x24", [400]), ("395x24", [])])
def test_an_slo_capacity_is_in_doubt_where_it_reaches_a_plateau_that_is(
    tmp_path: Path, high: str, at_least: list[float]
) -> None:
    capacity = "loadline_slo_capacity"
    ends = ends_of("slo_capacity") | {f"{capacity}_high_requests_per_second{{{RUN}}}": high}
    own = {f"{capacity}_requests_per_second{{{RUN}}}": "400x24", f"{MAXIMUM}{{{RUN}}}": "400x24"}
    series = {**own, **ends, f"{START}{{{RUN}}}": "0x24", **said("unknown")}
    queries = answer.slo_capacity(ask)
    evaluate(tmp_path, series, queries["at least"], "20m", [("{}", value) for value in at_least])
    evaluate(tmp_path, series, queries[""], "20m", [] if at_least else [("{}", 400)])


@pytest.mark.parametrize(
    ("known", "generator", "expected"),
    [
        ("value low high", "ok", (400, None, None)),
        ("value low high", "unknown", (None, 400, None)),
        ("value low", "ok", (None, 400, None)),
        ("low", "ok", (None, 390, None)),
        ("low high", "ok", (None, 390, 410)),
        ("low high", "unknown", (None, 390, None)),
        ("high", "ok", (None, None, 410)),
    ],
)
def test_the_table_of_runs_has_a_bound_in_no_column_of_numbers(
    tmp_path: Path, known: str, generator: str, expected: tuple[float | None, ...]
) -> None:
    """Beside another run, of which the contrary is true."""
    told = {name: ENDS[end] for end, name in named("slo_capacity").items() if end in known.split()}
    series = {f"{name}{{{RUN}}}": values for name, values in told.items()} | said(generator)
    series |= {f"{MAXIMUM}{{{RUN}}}": "400x24", f"{START}{{{RUN}}}": "0x24", f'{START}{{testid="b"}}': "0x24"}
    series |= {f'{name}{{testid="b"}}': "7x24" for end, name in named("slo_capacity").items() if end not in told}

    def each(signal: Signal) -> str:
        return several.each(signal, "30m")

    number, bounds = answer.slo_capacity(each, several.EACH)[""], answer.slo_bounds(each, several.EACH)
    for query, value in zip((number, *bounds), expected, strict=True):
        found = [('{testid="a"}', value)] if value else []
        of_a = f"({query}) and on (testid) {START}{{{RUN}}}"
        evaluate(tmp_path, series, of_a, "1m50s", found)


def ask(signal: Signal) -> str:
    return answer.shown(signal, "30m", RUN)


def named(number: str) -> dict[str, str]:
    """The series of a value and its ends."""
    infixes = {"value": "", "low": "_low", "high": "_high"}
    return {end: f"loadline_{number}{infix}_requests_per_second" for end, infix in infixes.items()}


def ends_of(number: str) -> dict[str, str]:
    return {f"{named(number)[end]}{{{RUN}}}": ENDS[end] for end in ("low", "high")}


def said(generator: str) -> dict[str, str]:
    """The verdict on the generator, with 0 for each other."""
    each = {"ok": "0x24", "limited": "0x24", "unknown": "0x24", generator: "1x24"}
    return {f'loadline_generator_verdict{{{RUN},verdict="{verdict}"}}': told for verdict, told in each.items()}


ENDS = {"value": "400x24", "low": "390x24", "high": "410x24"}
RUNS = {
    'k6_http_reqs_total{testid="a",expected_response="true"}': "_x12 0+50x12",
    'k6_http_reqs_total{testid="b",expected_response="true"}': "_x60 0+100x12",
    f'{START}{{testid="a"}}': "_x12 60x120",
    f'{START}{{testid="b"}}': "_x60 300x120",
}
"""One run of 10/s that began after a minute, and one of 20/s after five; 5 s a sample."""


def test_the_home_board_shows_the_run_that_began_last(tmp_path: Path) -> None:
    evaluate(tmp_path, RUNS, several.last("15m"), "8m", [('{testid="b"}', 300)])


@pytest.mark.parametrize(("testid", "rate", "shift"), [("a", 10.0, 360_000), ("b", 20.0, 120_000), ("none", None, 1)])
def test_two_runs_are_laid_over_each_other(tmp_path: Path, testid: str, rate: float | None, shift: int) -> None:
    """Zero of the common clock is at 7 minutes: three minutes before the end of the range, at 10."""
    run = where(testid=testid)
    evaluate(tmp_path, RUNS, several.origin("180"), "10m", [("{}", 420)])
    labels = f'{{testid="{testid}"}}' if rate else "{}"
    evaluate(tmp_path, RUNS, several.shift("420", "15m", run), "10m", [(labels, shift)])
    evaluate(tmp_path, RUNS, several.elapsed("420"), "8m", [("{}", 60)])
    query = replace(GOODPUT, shift=str(shift)).rate("20s", run)
    evaluate(tmp_path, RUNS, query, "7m30s", [("{}", rate)] if rate else [])


@pytest.mark.parametrize(("at", "expected"), [("55s", [("{}", 75.0)]), ("85s", [("{}", 75.0)]), ("95s", [])])
def test_vus_are_gone_30_seconds_after_the_last_push(
    tmp_path: Path, at: str, expected: list[tuple[str, float]]
) -> None:
    series = {f'k6_vus{{{RUN},instance_id="1"}}': "50x12", f'k6_vus{{{RUN},instance_id="2"}}': "25x12"}
    evaluate(tmp_path, series, VUS.live(RUN), at, expected)


@pytest.mark.parametrize(("at", "inside"), [("20s", False), ("40s", True), ("1m50s", True), ("2m5s", False)])
def test_a_rate_against_vus_is_drawn_only_where_its_window_is_all_of_the_run(
    tmp_path: Path, at: str, inside: bool
) -> None:
    series = {f'k6_vus{{{RUN},instance_id="1"}}': "50x24", f'k6_vus{{{RUN},instance_id="2"}}': "25x24"}
    evaluate(tmp_path, series, VUS.inside("30s", RUN), at, [("{}", 2)] if inside else [])
