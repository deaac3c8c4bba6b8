"""Options of a load test that contradict each other are refused, all of them at once, before anything starts."""

from __future__ import annotations

import pytest

from loadline.options import parse
from tests.loadline.test_options import URL, refusal


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"duration": "5m"}, "--duration without a number of --vus: a run that finds its own range plans its own time"),
        ({"vus": "auto", "duration": "5m"}, "--duration without a number of --vus: a run that finds its own range"),
        (
            {"vus": "50", "max_vus": 60, "max_rate": 5.0},
            "--max-vus and --max-rate with a number of --vus: they bound a run that finds its own range",
        ),
        (
            {"full": True, "scaler_reaction": "3m"},
            "--scaler-reaction with --full: a run that goes through its whole plan",
        ),
        ({"web_dashboard": True}, "--web-dashboard with several k6 runs in a row: give a number of --vus"),
        ({"vus": 5, "web_dashboard": True, "confirm": True}, "--web-dashboard with several k6 runs in a row: give"),
    ],
)
def test_options_of_steering_that_contradict_each_other_are_refused(given: dict[str, object], said: str) -> None:
    assert refusal(url=URL, **given).startswith(said)


def test_a_script_of_the_users_has_its_own_load() -> None:
    said = refusal(script="shop.js", max_vus=5, max_rate=5.0)
    assert said == "--max-vus, --max-rate with --script: the script's own options stand; change them there"
    assert "Set the script's executor to constant-arrival-rate" in refusal(script="shop.js", confirm=True)
    assert not parse(script="shop.js", full=False, confirm=False).finds_its_range


def test_options_of_the_ramp_contradict_a_script_and_all_are_named() -> None:
    said = refusal(script="shop.js", url=URL, vus=5, think_time="0", header=("a: b",), body="x")
    assert said == (
        "URL, --vus, --think-time, --header, --body with --script: the script's own options stand; change them there"
    )


def test_contradictions_are_told_beside_the_other_mistakes() -> None:
    said = refusal(script="shop.js", duration="x", server=("h:1",), prometheus_url="http://h:9090", testid="é")
    assert [part.partition(":")[0] for part in said.split("; ")] == [
        "--duration with --script",
        "change them there",
        "--server with --prometheus-url",
        "--duration",
        "--testid",
    ]


def test_neither_url_nor_script_is_said_first() -> None:
    assert refusal() == "give the URL to test, or --script FILE"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pause": "5s"}, ["--pause without --repeat: there is no other run to wait for"]),
        (
            {"pause": "5x"},
            [
                "--pause without --repeat: there is no other run to wait for",
                "--pause: '5x' is no duration: write 1s, 500ms or 1m30s",
            ],
        ),
        (
            {"repeat": 2, "web_dashboard": True, "vus": 5},
            ["--web-dashboard with --repeat: the page of one run would hold up the next"],
        ),
    ],
)
def test_what_only_one_run_or_only_several_have_is_refused_of_the_other(
    given: dict[str, object], said: list[str]
) -> None:
    assert refusal(url=URL, **given).split("; ") == said


def test_a_header_that_is_given_twice_is_refused_as_only_the_last_would_be_sent() -> None:
    said = refusal(url=URL, header=("x-tenant: a", "Accept: b", "X-Tenant: c"))
    assert said == "--header: X-Tenant is given 2 times: join its values by a comma"


def test_a_pause_between_several_runs_is_taken() -> None:
    assert parse(url=URL, repeat=2, pause="5s").pause == 5.0
    assert parse(url=URL, repeat=2).pause == 30.0
