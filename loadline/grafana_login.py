"""By which credentials to ask Grafana: a token, a password, or a password that is traded once for a token.

A password that was refused is not sent again: Grafana locks an account after five failed logins. What is in the
files counts at each attempt, so whoever corrects one need not start anything anew.
"""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from rules import grafana_accounts, whole_file
from rules.errors import GrafanaError, GrafanaLoginError, GrafanaRefusedError
from rules.grafana import Grafana
from rules.grafana_http import GrafanaHttp

log = logging.getLogger(__name__)

OWNER_ONLY = 0o600
T = TypeVar("T")


@dataclass
class Login:
    """Credentials for the Grafana at ``url``: of ``token_file``, of ``password_file``, or of both.

    With both, the token in its file is used. Where there is none, or Grafana no longer knows it (its database may be
    new), the password of ``user`` is traded for one, which is kept in that file for its owner alone.
    """

    url: str
    user: str = "admin"
    password_file: Path | None = None
    token_file: Path | None = None
    made: int = 0
    """How many tokens were made; with another one, Grafana may have another database."""
    _secret: str = field(default="", repr=False)
    _client: Grafana | None = None
    """The one that was asked last, and the secret it has."""
    _token: str | None = field(default=None, repr=False)
    """The one in use, also where its file could not be written."""
    _untried: bool = False
    """It was just made, and Grafana has not accepted it yet."""
    _refused: set[str] = field(default_factory=set, repr=False)

    def ask(self, act: Callable[[Grafana], T]) -> T:
        """What ``act`` gives, with a client whose credentials Grafana knows. Raises GrafanaError.

        Where Grafana does not know a token that it knew before, ``act`` is done again with a new one.
        """
        grafana = self._with_credentials()
        try:
            told = act(grafana)
        except GrafanaLoginError:
            self._refused.add(self._secret)
            error = self._unknown()
            if self.token_file is None or self.password_file is None or self._untried:
                raise error from None
            log.warning("%s", error)
            return self.ask(act)  # with a token that is untried, so no third time
        except GrafanaRefusedError:
            self._accepted()
            raise
        self._accepted()
        return told

    def _with_credentials(self) -> Grafana:
        """A client with credentials worth trying. Raises GrafanaError where there are none, or none could be made."""
        if self.token_file is None:
            return self._with(self._password())
        self._token = self._usable(self.token_file) or self._another(self.token_file)
        return self._with(self._token)

    def _with(self, secret: str) -> Grafana:
        if self._client is None or secret != self._secret:
            basic = (self.user, secret) if self.token_file is None else None
            self._client = Grafana(self.url, None if basic else secret, basic)
            self._secret = secret
        return self._client

    def _accepted(self) -> None:
        self._untried = False
        self._refused.discard(self._secret)

    def _unknown(self) -> GrafanaLoginError:
        """What to do about credentials that were just refused."""
        if self.token_file is None:
            return self._wrong_password()
        if self._untried:
            return GrafanaLoginError(
                f"Grafana at {self.url} does not know the token that it has just made (401)",
                f"Is the service account {grafana_accounts.ACCOUNT} disabled, or a login proxy before Grafana?",
            )
        return GrafanaLoginError(
            f"Grafana at {self.url} does not know the token in {self.token_file} (401)",
            "Another one is made by the password"
            if self.password_file
            else "Make one under Administration, Service accounts, with the role Editor, and write it there",
        )

    def _usable(self, token_file: Path) -> str | None:
        """The token in use, else the one in its file; None where Grafana knows neither, or there is none yet."""
        if self._token is not None and self._token not in self._refused:
            return self._token
        if self.password_file is not None and not token_file.expanduser().exists():
            return None
        kept = secret(token_file)
        return None if kept in self._refused else kept

    def _another(self, token_file: Path) -> str:
        """A new token for the password; where there is nothing to trade, the old one, which may be known again."""
        if self._token is not None and (self._untried or self.password_file is None):
            return self._token
        return self._trade(token_file)

    def _trade(self, token_file: Path) -> str:
        password = self._password()
        name = f"{socket.gethostname()[:60]} {secrets.token_hex(8)}"
        try:
            token = grafana_accounts.make_token(GrafanaHttp(self.url, basic=(self.user, password)), name)
        except GrafanaLoginError:
            self._refused.add(password)
            raise self._wrong_password() from None
        self._untried, self.made = True, self.made + 1
        try:
            token_file.expanduser().parent.mkdir(parents=True, exist_ok=True)
            whole_file.write(token_file.expanduser(), f"{token}\n", OWNER_ONLY)
        except OSError as error:
            log.warning(
                "%s cannot be written (%s): the token is lost at the next start, and another one made",
                token_file,
                error.strerror,
            )
        return token

    def _password(self) -> str:
        if self.password_file is None:
            raise GrafanaError(
                f"there is neither a token nor a password for Grafana at {self.url}",
                "Give --grafana-token-file or --grafana-password-file",
            )
        password = secret(self.password_file)
        if password in self._refused:
            raise self._wrong_password()
        return password

    def _wrong_password(self) -> GrafanaLoginError:
        return GrafanaLoginError(
            f"Grafana at {self.url} does not know the password of {self.user} in {self.password_file} (401)",
            "It is not asked again before another one stands there: five failed logins lock an account",
        )


def secret(path: Path) -> str:
    """The one line in the file: a secret on the command line would stand in every process list."""
    try:
        text = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise GrafanaError(f"{path} cannot be read: {reason}", "It must hold a token or password") from error
    if not text or not text.isprintable():
        raise GrafanaError(f"{path} does not hold a token or password", "It must hold just that, on one line")
    return text
