"""Every way in which a Grafana on a real socket may fail is one line that says what to do."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest

from rules.annotate import Changes, reconcile
from rules.answer import Answer, Event
from rules.errors import GrafanaBusyError, GrafanaError
from rules.finding import Verdict, Window
from rules.grafana import Annotation, Grafana
from rules.grafana_http import GrafanaHttp, Purpose
from tests.grafana import EDITOR_TOKEN, VIEWER_TOKEN, FakeGrafana

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ANSWER = Answer(
    testid="a",
    window=Window(start=AT, end=AT),
    verdict=Verdict.SATURATED,
    because="b",
    events=[Event(rule="run", time=AT, text="load test a")],
)


def refused(server: FakeGrafana, grafana: Grafana) -> str:
    with pytest.raises(GrafanaError) as refusal:
        reconcile(grafana, ANSWER)
    text = str(refusal.value)
    assert "\n" not in text
    return text.replace(server.url, "URL")


@pytest.mark.parametrize("anonymous", [False, True], ids=["login", "everyone may look"])
def test_a_wrong_token_is_told_from_a_role_too_low(server: FakeGrafana, anonymous: bool) -> None:
    server.anonymous = anonymous
    assert refused(server, Grafana(server.url, token="wrong")) == (  # noqa: S106
        "Grafana at URL does not know these credentials (401). "
        "Is the token or password the right one, and not expired? Make a token under Service accounts"
    )
    assert refused(server, Grafana(server.url, token=VIEWER_TOKEN)) == (
        "Grafana at URL does not let this account write annotations (403). Give the service account the role Editor"
    )


def test_a_wrong_path_a_login_page_and_a_redirect_are_no_grafana(server: FakeGrafana, grafana: Grafana) -> None:
    assert refused(server, Grafana(f"{server.url}/grafana", token=EDITOR_TOKEN)) == (
        "there is no Grafana API at URL/grafana (404). Check --grafana-url, also for a path like /grafana"
    )
    server.fail("html", 1)
    assert refused(server, grafana).startswith("URL answered with something that is not Grafana's JSON. Is --grafana")
    server.fail(302, 1)
    assert refused(server, grafana) == (
        "URL redirects to https://login.example.com/ (302). Give Grafana's own address as --grafana-url"
    )


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_failure_is_retried(server: FakeGrafana, grafana: Grafana, status: int) -> None:
    server.fail(status, 1)
    assert reconcile(grafana, ANSWER) == Changes(created=1)


def test_a_lasting_failure_is_given_up_after_three_attempts(server: FakeGrafana, grafana: Grafana) -> None:
    server.fail(503)
    assert refused(server, grafana) == (
        "Grafana at URL still answers 503 after retries. Wait, and look at Grafana's own log"
    )
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 0.0), ("", 0.0)]
)
def test_one_that_asks_to_be_left_alone_is_not_asked_again_and_says_for_how_long(
    server: FakeGrafana, grafana: Grafana, header: str, seconds: float
) -> None:
    server.retry_after = header
    server.fail(429)
    with pytest.raises(GrafanaBusyError) as refusal:
        reconcile(grafana, ANSWER)
    assert (refusal.value.seconds, len(server.requests)) == (seconds, 1)
    assert str(refusal.value) == f"Grafana at {server.url} is asked too often (429). Wait as long as it asks for"


def test_a_date_to_wait_for_is_counted_from_now(server: FakeGrafana) -> None:
    server.retry_after = "Wed, 21 Oct 2015 07:28:00 GMT"
    server.fail(429)
    http = GrafanaHttp(server.url, token=EDITOR_TOKEN, clock=lambda: 1445412480.0 - 90.0)
    with pytest.raises(GrafanaBusyError) as refusal:
        http.ask("GET", "annotations", Purpose("it", "read", ""))
    assert refusal.value.seconds == 90.0


def test_a_refused_annotation_is_told_in_grafana_s_words(server: FakeGrafana, grafana: Grafana) -> None:
    with pytest.raises(GrafanaError, match=r"refused an annotation \(400\): Failed to save annotation$"):
        grafana.add(Annotation(0, 0, "t", ()))
    with pytest.raises(GrafanaError, match=r"refused an annotation \(400\): Failed to save annotation$"):
        grafana.add(Annotation(1, 1, "", ()))
    with pytest.raises(GrafanaError, match=r"\(400\): tags length exceeds the maximum allowed \(500\)$"):
        grafana.add(Annotation(1, 1, "t", ("x" * 497,)))
    assert grafana.add(Annotation(1, 1, "t", ("x" * 496,))) == 1


def test_an_unreachable_grafana_is_said(server: FakeGrafana) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        url = f"http://127.0.0.1:{closing.getsockname()[1]}"
    assert refused(server, Grafana(url, token=EDITOR_TOKEN)) == (
        f"Grafana at {url} cannot be reached (connection refused). Check --grafana-url, and that Grafana is up"
    )


def test_one_that_does_not_answer_in_time_is_said(server: FakeGrafana) -> None:
    server.fail("hangs", 3)
    http = GrafanaHttp(server.url, token=EDITOR_TOKEN, timeout=(1.0, 0.1))
    with pytest.raises(GrafanaError, match=r"cannot be reached \(no answer in time\)\. Check --grafana-url"):
        http.ask("GET", "annotations", Purpose("it", "read", ""))
