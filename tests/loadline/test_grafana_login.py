"""Credentials for a Grafana on a real socket: what is tried, what is traded, and what is never sent again."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadline.annotator import Annotator
from loadline.cycle import Watched
from loadline.grafana_login import Login
from rules.errors import GrafanaError, GrafanaLoginError
from rules.grafana_accounts import make_token
from rules.grafana_http import GrafanaHttp
from tests.grafana import EDITOR_TOKEN, PASSWORD, USER, FakeGrafana, serving
from tests.loadline.test_annotator import Clock, logged, shown, watched


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    with serving() as fake:
        yield fake


class Marks:
    """An annotator with a password file and, where asked for, a token file; each ``step`` is a minute later."""

    def __init__(self, server: FakeGrafana, folder: Path, token: bool = True, password: str = PASSWORD) -> None:
        self.password, self.token = folder / "password", folder / "made" / "token"
        self.password.write_text(f"{password}\n")
        self.clock = Clock()
        self.others: list[Watched] = []
        self.login = Login(server.url, USER, self.password, self.token if token else None)
        self.annotator = Annotator(self.login, list[str]().append, self.clock)

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.now += 60.0
            self.annotator.take([watched(seconds=self.clock.now), *self.others])
            self.annotator.step()


def test_a_password_is_traded_once_for_an_editor_s_token(server: FakeGrafana, tmp_path: Path) -> None:
    marks = Marks(server, tmp_path)
    marks.step(3)
    (account,) = server.accounts.service_accounts.values()
    assert (account["name"], account["role"]) == ("loadline", "Editor")
    assert server.written()[:3] == [
        "POST /api/serviceaccounts",
        "POST /api/serviceaccounts/2/tokens",
        "POST /api/annotations",
    ]
    assert marks.token.read_text() == "glsa_loadline_1\n"
    assert stat.S_IMODE(marks.token.stat().st_mode) == 0o600
    assert [path.name for path in marks.token.parent.iterdir()] == ["token"]
    assert shown(server) == [("testid:a rule:run", 180)]

    again = Marks(server, tmp_path, password="no longer the one")  # noqa: S106
    again.step(3)
    assert (len(server.accounts.token_names), server.accounts.failed) == (1, 0)
    assert shown(server) == [("testid:a rule:run", 180)]


def test_a_service_account_that_is_there_is_used(server: FakeGrafana, tmp_path: Path) -> None:
    server.accounts.add("loadline-of-another-team", "Viewer")
    server.accounts.add("loadline", "Editor")
    Marks(server, tmp_path).step()
    assert len(server.accounts.service_accounts) == 2
    assert server.written()[0] == "POST /api/serviceaccounts/3/tokens"


def test_two_watchers_share_the_account_and_have_a_token_each(server: FakeGrafana, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        Marks(server, tmp_path / name).step()
    assert (len(server.accounts.service_accounts), len(set(server.accounts.token_names))) == (1, 2)


@pytest.mark.parametrize("anonymous", [False, True])
def test_after_grafana_s_database_was_lost_it_is_traded_again_and_all_is_written(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture, anonymous: bool
) -> None:
    server.anonymous = anonymous
    marks = Marks(server, tmp_path)
    marks.others = [watched("b")]
    marks.step(2)
    server.forget()
    marks.step(3)
    assert [record.getMessage() for record in caplog.records] == [
        f"Grafana at {server.url} does not know the token in {marks.token} (401). Another one is made by the password"
    ]
    assert shown(server) == [("testid:a rule:run", 300), ("testid:b rule:run", 300)]
    assert marks.token.read_text().strip() in server.accounts.roles


@pytest.mark.parametrize("token", [False, True])
def test_a_password_that_is_refused_is_sent_once(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture, token: bool
) -> None:
    caplog.set_level("INFO", "loadline.troubles")
    marks = Marks(server, tmp_path, token, "wrong")
    marks.step(20)
    assert (server.accounts.failed, len(server.requests)) == (1, 1)
    assert logged(caplog) == [
        f"Grafana at {server.url} does not know the password of admin in {marks.password} (401). "
        "It is not asked again before another one stands there: five failed logins lock an account"
    ]
    marks.password.write_text(PASSWORD)
    marks.step()
    assert logged(caplog)[1:] == ["Grafana works again"]
    assert shown(server) == [("testid:a rule:run", 1260)]


def test_with_the_database_and_the_password_lost_it_is_asked_once_and_a_token_by_hand_is_taken(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marks = Marks(server, tmp_path)
    marks.step()
    server.forget()
    server.accounts.password = "another"  # noqa: S105
    marks.step(20)
    assert server.accounts.failed == 1
    assert len(logged(caplog)) == 1
    server.accounts.roles[EDITOR_TOKEN] = "Editor"
    marks.token.write_text(EDITOR_TOKEN)
    marks.step()
    assert shown(server) == [("testid:a rule:run", 1320)]
    assert server.accounts.failed == 1


def test_a_token_that_is_refused_as_soon_as_it_is_made_is_not_made_again(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loadline.troubles")
    server.accounts.add("loadline", "Editor")["isDisabled"] = True
    marks = Marks(server, tmp_path)
    marks.step(10)
    assert len(server.accounts.token_names) == 1
    assert logged(caplog) == [
        f"Grafana at {server.url} does not know the token that it has just made (401). "
        "Is the service account loadline disabled, or a login proxy before Grafana?"
    ]
    server.accounts.roles["glsa_loadline_1"] = "Editor"
    marks.step()
    assert logged(caplog)[1:] == ["Grafana works again"]
    server.forget()  # now that it was known once, another may be made
    marks.step(3)
    assert shown(server) == [("testid:a rule:run", 840)]


def test_a_token_that_cannot_be_kept_is_used_and_the_loss_told(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "made").write_text("a file, no folder")
    marks = Marks(server, tmp_path)
    marks.step(3)
    assert shown(server) == [("testid:a rule:run", 180)]
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        f"{marks.token} cannot be written (File exists): the token is lost at the next start, and another one made"
    ]
    assert len(server.accounts.token_names) == 1


def test_a_user_who_may_not_make_service_accounts_is_told(server: FakeGrafana) -> None:
    with pytest.raises(GrafanaError, match=r"does not let this account make service accounts \(403\)\. Give the user"):
        make_token(GrafanaHttp(server.url, token=EDITOR_TOKEN), "t")


def test_two_tokens_of_one_name_are_refused_in_grafana_s_words(server: FakeGrafana) -> None:
    http = GrafanaHttp(server.url, basic=(USER, PASSWORD))
    assert make_token(http, "t") == "glsa_loadline_1"
    with pytest.raises(
        GrafanaError, match=r"refused a service account's token \(400\): service account token with given"
    ):
        make_token(http, "t")


def test_an_account_that_another_made_in_between_is_found(server: FakeGrafana) -> None:
    """The search before finds none, creating is refused, the search after finds it."""

    class Meanwhile(GrafanaHttp):
        def ask(self, method: str, path: str, *args: object, **content: object) -> object:
            if (method, path) == ("POST", "serviceaccounts"):
                server.accounts.add("loadline", "Editor")
            return super().ask(method, path, *args, **content)  # type: ignore[arg-type]

    assert make_token(Meanwhile(server.url, basic=(USER, PASSWORD)), "t") == "glsa_loadline_1"


def test_a_locked_account_refuses_the_right_password_too(server: FakeGrafana, tmp_path: Path) -> None:
    """As Grafana does; it is why a wrong one is sent once."""
    for _ in range(5):
        with pytest.raises(GrafanaLoginError):
            make_token(GrafanaHttp(server.url, basic=(USER, "wrong")), "t")
    with pytest.raises(GrafanaLoginError):
        make_token(GrafanaHttp(server.url, basic=(USER, PASSWORD)), "t")


def test_files_that_vanish_are_said(server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    marks = Marks(server, tmp_path)
    marks.password.unlink()
    marks.step(2)
    assert logged(caplog) == [
        f"{marks.password} cannot be read: No such file or directory. It must hold a token or password"
    ]
