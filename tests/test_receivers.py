"""docs/alertmanager.yml by a real Alertmanager: what a person reads in chat, by mail and on a pager.

The alerts are those of which promtool says, in tests/rules/slo/cases, that the rules raise them, with these very words.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import trustme
import yaml

from loadline.bench import Bench
from rules import names
from tests.alerting import CONFIG, WATCHER, start_alertmanager
from tests.certificates import pair
from tests.policy import tree
from tests.real import wait_for
from tests.receivers import Mails, Posts

EXAMPLE: Final = tree.ROOT / "docs" / "alertmanager.yml"
CASES: Final = tree.ROOT / "tests" / "rules" / "slo" / "cases" / "every_day.yml"
SECRETS: Final = {
    "slack-webhook-url": "/services/T0/B0/of-slack",
    "smtp-password": "of-mail",
    "pagerduty-routing-key": "of-pager",
    "webhook-token": "of-webhook",
}
"""Each alone in a file, as the example asks for; the first is an address, of which this is the path."""
SUMMARY: Final = "SLO checkout: 20% of the requests in the last 1h were not good, 20 times what the objective allows"
TITLE: Final = f"{SUMMARY} (one of 2)"


@dataclass(frozen=True)
class Team:
    """Who is told, and the Alertmanager that tells."""

    alertmanager: str
    posts: Posts
    mails: Mails

    def slack(self) -> list[dict[str, Any]]:
        return [one.body for one in self.posts.at(SECRETS["slack-webhook-url"])]

    def pager(self) -> list[dict[str, Any]]:
        return [one.body for one in self.posts.at("/v2/enqueue")]

    def raise_(self, name: str, **times: str) -> list[dict[str, Any]]:
        """Tell Alertmanager of the alerts of that name, as Prometheus does."""
        found = _raised(name)
        told = [{**alert, **times} for alert in found]
        requests.post(f"http://{self.alertmanager}/api/v2/alerts", json=told, timeout=5).raise_for_status()
        return found


def _raised(name: str) -> list[dict[str, Any]]:
    """Labels and texts of what the rules raise by that name."""
    cases = yaml.safe_load(CASES.read_text())["tests"]
    asked = (one for case in cases for one in case.get("alert_rule_test", ()) if one["alertname"] == name)
    first = next(one["exp_alerts"] for one in asked if one["exp_alerts"])
    return [
        {"labels": {"alertname": name, **one["exp_labels"]}, "annotations": one["exp_annotations"]} for one in first
    ]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("team")
    certificate = pair(folder, "mail", trustme.CA())
    with Bench() as bench, ExitStack() as stack:
        posts = stack.enter_context(Posts().listening())
        mails = stack.enter_context(Mails("alerts@example.com", SECRETS["smtp-password"], certificate).listening())
        for name, secret in SECRETS.items():
            end = "" if name == "smtp-password" else "\n"  # to Alertmanager 0.25 a part of it
            (folder / name).write_text((posts.url if secret.startswith("/") else "") + secret + end)
        config = _reaching(EXAMPLE.read_text(), folder, posts, mails)
        shutil.copy(CONFIG.parent / "loadline.tmpl", folder)
        (folder / "alertmanager.yml").write_text(config)
        trusted = {"SSL_CERT_FILE": certificate.authority}  # as if the system did
        listens = start_alertmanager(bench, f"{posts.url}/watcher", folder / "alertmanager.yml", trusted)
        yield Team(listens, posts, mails)


def _reaching(example: str, secrets: Path, posts: Posts, mails: Mails) -> str:
    """The example with these addresses in place of its own, and no patience."""
    changes = {
        "/etc/alertmanager/secrets": str(secrets),
        "/etc/alertmanager/loadline.tmpl": str(secrets / "loadline.tmpl"),
        "mail.example.com:587": mails.address,
        "https://chat.example.com/hooks": f"{posts.url}/hooks",
        "global:\n": f"global:\n  pagerduty_url: {posts.url}/v2/enqueue\n",
        "group_wait: 30s": "group_wait: 1s",
        "group_interval: 5m": "group_interval: 2s",
    }
    for old, new in changes.items():
        assert old in example
        example = example.replace(old, new)
    assert WATCHER in example
    return example


@pytest.fixture(scope="module")
def raised(team: Team) -> list[dict[str, Any]]:
    """Both alerts of the same SLO, once all were told of them."""
    found = team.raise_(names.BURNING_FAST)
    wait_for(lambda: all((team.slack(), team.mails.taken, team.pager(), team.posts.at("/watcher"))), "every receiver")
    return found


def test_chat_shows_the_numbers_what_to_do_and_where_to_look(team: Team, raised: list[dict[str, Any]]) -> None:
    (told,) = team.slack()
    assert told["channel"] == "#backend"
    (shown,) = told["attachments"]
    assert (shown["title"], shown["color"]) == (TITLE, "danger")
    assert shown["title_link"] == raised[0]["annotations"]["dashboard_url"]
    assert _read(shown["text"]) == [line for alert in raised for line in _lines(alert)]


def test_mail_has_the_numbers_for_a_subject_and_says_the_same(team: Team, raised: list[dict[str, Any]]) -> None:
    (mail,) = team.mails.taken
    assert (mail["Subject"], mail["From"], mail["To"]) == (TITLE, "alerts@example.com", "backend@example.com")
    body = mail.get_body(("plain",))
    assert body is not None
    assert _read(body.get_content()) == [line for alert in raised for line in _lines(alert)]


def test_the_pager_has_the_numbers_what_to_do_and_a_link(team: Team, raised: list[dict[str, Any]]) -> None:
    (call,) = team.pager()
    assert (call["event_action"], call["payload"]["severity"]) == ("trigger", "critical")
    assert call["payload"]["summary"] == TITLE
    assert call["links"] == [{"href": raised[0]["annotations"]["dashboard_url"], "text": "Board"}]
    assert _read(call["payload"]["custom_details"]["alerts"]) == [line for alert in raised for line in _lines(alert)]


def test_every_secret_is_that_of_its_file(team: Team, raised: list[Any]) -> None:
    assert team.slack()  # at the path that is the secret
    assert set(team.mails.logins) == {("alerts@example.com", SECRETS["smtp-password"])}
    assert {call["routing_key"] for call in team.pager()} == {SECRETS["pagerduty-routing-key"]}
    assert {one.authorization for one in team.posts.at("/hooks/loadline")} == {f"Bearer {SECRETS['webhook-token']}"}


def test_the_end_is_told_as_one_and_the_pager_is_quiet_again(team: Team, raised: list[dict[str, Any]]) -> None:
    told = len(team.slack())
    team.raise_(names.BURNING_FAST, endsAt=(datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    wait_for(lambda: len(team.slack()) > told and len(team.mails.taken) > told and len(team.pager()) > told, "the end")
    shown = team.slack()[-1]["attachments"][0]
    assert (shown["title"], shown["color"]) == (f"Resolved: {TITLE}", "good")
    assert team.mails.taken[-1]["Subject"] == f"Resolved: {TITLE}"
    assert [line.partition(" at ")[0] for line in _read(shown["text"])][:: len(_lines(raised[0]))] == ["Resolved"] * 2
    first, *_, last = team.pager()
    assert (last["event_action"], last["dedup_key"]) == ("resolve", first["dedup_key"])


def test_what_can_wait_until_the_morning_wakes_nobody(team: Team) -> None:
    calls = len(team.pager())
    (first, *_) = team.raise_(names.BURNING_SLOWLY)
    summary = first["annotations"]["summary"]
    wait_for(lambda: any(mail["Subject"].startswith(summary) for mail in team.mails.taken), "mail")
    assert len(team.pager()) == calls


def _read(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def _lines(alert: dict[str, Any]) -> list[str]:
    """What is to be read of it."""
    said = alert["annotations"]
    return [
        f"{alert['labels']['severity']}: {said['summary']}",
        said["description"],
        f"Board: {said['dashboard_url']}",
        f"What it means: {said['runbook']}",
    ]
