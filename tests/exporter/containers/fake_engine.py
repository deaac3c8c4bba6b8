"""A Docker socket that answers what a real engine (20.10) once did; names, paths and a restart count were edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.exporter.raw_http import Request, reply

RECORDED: Final = Path(__file__).parent / "engine-20.10"


def recorded(name: str) -> Any:
    """``api.inspect``, ``api.stats``, the same of ``web``, ``list`` and ``version``, parsed."""
    return json.loads((RECORDED / f"{name}.json").read_text())


class FakeEngine:
    """The answers by path, which a test may change, and what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = {"/version": recorded("version"), "/v1.41/containers/json": recorded("list")}
        for name in ("api", "web"):
            inspected = recorded(f"{name}.inspect")
            self.answers[f"/v1.41/containers/{inspected['Id']}/json"] = inspected
            self.answers[f"/v1.41/containers/{inspected['Id']}/stats"] = recorded(f"{name}.stats")

    def __call__(self, request: Request) -> list[bytes]:
        path = urlsplit(request.path).path
        self.asked.append(f"{request.method} {request.path}")
        if request.method != "GET":
            return reply(405, '{"message": "this engine is only looked at"}', "application/json")
        if path not in self.answers:
            return reply(404, '{"message": "no such container"}', "application/json")
        return reply(200, json.dumps(self.answers[path]), "application/json")
