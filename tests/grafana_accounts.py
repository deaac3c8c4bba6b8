"""Who may do what in the Grafana of the tests: its admin, service accounts and their tokens, as in Grafana 12."""

from __future__ import annotations

import base64
from typing import Any

EDITOR_TOKEN, VIEWER_TOKEN = "glsa_editor", "glsa_viewer"
USER, PASSWORD = "admin", "pässwort"
FAILED_LOGINS = 5
"""After so many an account is locked for a while, for the right password too."""

Json = dict[str, Any]
Reply = tuple[int, Any]


class Accounts:
    """``roles`` by token, ``service_accounts`` by id; ``failed`` counts the logins with a wrong password."""

    def __init__(self) -> None:
        self.roles = {EDITOR_TOKEN: "Editor", VIEWER_TOKEN: "Viewer"}
        self.service_accounts: dict[int, Json] = {}
        self.token_names: list[str] = []
        self.password = PASSWORD
        self.failed = 0

    def role(self, authorization: str) -> str | None:
        """Of the header ``Authorization``; None is unauthorized."""
        scheme, _, given = authorization.partition(" ")
        if scheme == "Bearer":
            return self.roles.get(given)
        if scheme != "Basic" or self.failed >= FAILED_LOGINS:
            return None
        if base64.b64decode(given).decode() != f"{USER}:{self.password}":
            self.failed += 1
            return None
        self.failed = 0
        return "Admin"

    def forget(self) -> None:
        """As with a new database: the admin alone is left."""
        self.roles.clear()
        self.service_accounts.clear()
        self.token_names.clear()

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Json, role: str) -> Reply:
        """What /api/serviceaccounts says to ``path`` below it."""
        if role != "Admin":
            return 403, {"message": "You'll need additional permissions to perform this action."}
        if (method, path) == ("GET", "/search"):
            return 200, self._search(query.get("query", [""])[0])
        if (method, path) == ("POST", ""):
            return self._create(body)
        number, _, rest = path.strip("/").partition("/")
        account = self.service_accounts.get(int(number))
        if account is None:
            return 404, {"message": "service account not found"}
        if (method, rest) == ("POST", "tokens"):
            return self._token(account, body)
        return 404, {"message": "Not found"}

    def add(self, name: str, role: str) -> Json:
        number = len(self.service_accounts) + 2
        account = {"id": number, "name": name, "login": f"sa-1-{name}", "orgId": 1, "isDisabled": False, "role": role}
        self.service_accounts[number] = account
        return account

    def _search(self, word: str) -> Json:
        found = [one for one in self.service_accounts.values() if word.lower() in f"{one['name']} {one['login']}"]
        return {"totalCount": len(found), "serviceAccounts": found, "page": 1, "perPage": 1000}

    def _create(self, body: Json) -> Reply:
        if not body.get("name"):
            return 400, {"message": "service account name is required"}
        if any(one["name"] == body["name"] for one in self.service_accounts.values()):
            return 400, {"message": "service account already exists", "messageId": "serviceaccounts.ErrAlreadyExists"}
        return 201, self.add(body["name"], body.get("role", "Viewer"))

    def _token(self, account: Json, body: Json) -> Reply:
        if body["name"] in self.token_names:
            return 400, {"message": "service account token with given name already exists in the organization"}
        self.token_names.append(body["name"])
        key = f"glsa_{account['name']}_{len(self.token_names)}"
        if not account["isDisabled"]:
            self.roles[key] = account["role"]
        return 200, {"id": len(self.token_names), "name": body["name"], "key": key}
