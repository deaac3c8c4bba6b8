"""A password is traded once for a service account's token, which may write annotations and not what an admin may."""

from __future__ import annotations

from typing import Any, Final

from rules.errors import GrafanaRefusedError
from rules.grafana_http import GrafanaHttp, Purpose

ACCOUNT: Final = "loadline"
ROLE: Final = "Editor"
_PATH: Final = "serviceaccounts"
_PURPOSE: Final = Purpose(
    "a service account's token",
    "make service accounts",
    "Give the user the role Admin, or make a token by hand: Administration, Service accounts, role Editor",
)


def make_token(http: GrafanaHttp, name: str) -> str:
    """A new token called ``name`` of the service account ``loadline``, which is made where there is none yet.

    No two tokens of one organisation may have the same name. Raises GrafanaError.
    """
    account = _found(http)
    if account is None:
        account = _made(http)
    told = http.ask("POST", f"{_PATH}/{account}/tokens", _PURPOSE, json={"name": name})
    try:
        return str(told["key"])
    except (KeyError, TypeError):
        raise http.not_grafana() from None


def _made(http: GrafanaHttp) -> int:
    try:
        return _id(http, http.ask("POST", _PATH, _PURPOSE, json={"name": ACCOUNT, "role": ROLE}))
    except GrafanaRefusedError:  # by its versions, 400 or 409: another one has made it meanwhile
        account = _found(http)
        if account is None:
            raise
        return account


def _found(http: GrafanaHttp) -> int | None:
    """Grafana finds every account whose name, login or e-mail address contains the word."""
    told = http.ask("GET", f"{_PATH}/search", _PURPOSE, params={"query": ACCOUNT})
    try:
        same = [one for one in told["serviceAccounts"] if one["name"] == ACCOUNT]
    except (KeyError, TypeError):
        raise http.not_grafana() from None
    return _id(http, same[0]) if same else None


def _id(http: GrafanaHttp, account: Any) -> int:
    try:
        return int(account["id"])
    except (KeyError, TypeError, ValueError):
        raise http.not_grafana() from None
