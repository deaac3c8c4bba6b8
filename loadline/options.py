"""What a load test was asked to be: every mistake found at once, before anything starts."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from loadline.errors import UsageError
from loadline.k6 import go_seconds
from rules.answer import Objective

TUTORIAL_VUS, TUTORIAL_DURATION, TUTORIAL_THINK_SECONDS = 6000, "10m", 1.0
"""The tutorial's test: VUs ramped to 6,000 in 10 minutes, one GET a second each."""
SHORT_RUN_SECONDS = 200.0
_TESTID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:.*")


def _seconds(text: object) -> object:
    """``1s``, ``500ms`` or plain seconds, as seconds."""
    if not isinstance(text, str):
        return text
    plain = re.fullmatch(r"\d+(\.\d+)?", text)
    seconds = float(text) if plain else go_seconds(text)
    if seconds is None:
        raise ValueError(f"{text!r} is no duration: write 1s, 500ms or 1m30s")
    return seconds


def _duration(text: str) -> str:
    seconds = go_seconds(text)
    if seconds is None:
        raise ValueError(f"{text!r} is no duration that k6 can read: write 10m, 90s or 1h30m")
    if seconds <= 0:
        raise ValueError("must be longer than 0s")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is no URL: write it whole, for example http://127.0.0.1:8080/boards")
    return text


def _testid(text: str) -> str:
    if not _TESTID.fullmatch(text):
        raise ValueError(f"{text!r} cannot be a testid: letters, digits and . _ : @ + - only, 100 at most")
    return text


def _header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValueError(f"{text!r} is no header: write 'Name: value'")
    return text


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is no HOST:PORT")
    return text


Seconds = Annotated[float, BeforeValidator(_seconds)]
Url = Annotated[str, AfterValidator(_url)]


class RunOptions(BaseModel):
    """One load test: the built-in ramp against ``url``, or the user's ``script`` unchanged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Url | None = None
    script: Path | None = None
    vus: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    duration: Annotated[str, AfterValidator(_duration)] | None = None
    think_time: Annotated[Seconds, Field(ge=0)] | None = None
    method: Annotated[str, Field(pattern=r"^[A-Za-z]+$")] | None = None
    header: tuple[Annotated[str, AfterValidator(_header)], ...] = ()
    body: str | None = None
    testid: Annotated[str, AfterValidator(_testid)] | None = None
    latency_limit: Annotated[Seconds, Field(gt=0)] = 1.0
    prometheus_url: Url | None = None
    server: tuple[Annotated[str, AfterValidator(_address)], ...] = ()
    web_dashboard: bool = False

    @model_validator(mode="after")
    def _agree(self) -> RunOptions:
        """Options that contradict each other are refused, not ranked."""
        if self.script is None and self.url is None:
            raise ValueError("give the URL to test, or --script FILE")
        if self.script is not None:
            given = {
                "URL": self.url,
                "--vus": self.vus,
                "--duration": self.duration,
                "--think-time": self.think_time,
                "--method": self.method,
                "--header": self.header or None,
                "--body": self.body,
            }
            clashes = [name for name, value in given.items() if value is not None]
            if clashes:
                raise ValueError(
                    f"{', '.join(clashes)} with --script: the script's own options stand; change them there"
                )
        if self.server and self.prometheus_url:
            raise ValueError(
                '--server with --prometheus-url: let that Prometheus scrape it, with the label role="server"'
            )
        return self

    @property
    def objective(self) -> Objective:
        return Objective(latency_seconds=self.latency_limit)

    def ramp_environment(self) -> dict[str, str]:
        """The variables that k6/ramp.js reads."""
        headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in self.header)}
        think = TUTORIAL_THINK_SECONDS if self.think_time is None else self.think_time
        return {
            "TARGET_URL": self.url or "",
            "VUS": str(self.vus or TUTORIAL_VUS),
            "DURATION": self.duration or TUTORIAL_DURATION,
            "THINK_TIME": f"{think:g}",
            "METHOD": (self.method or "GET").upper(),
            "HEADERS": json.dumps(headers),
            "BODY": self.body or "",
        }

    def default_testid(self, now: datetime) -> str:
        """A name a person recognises in a list: the last word of the path or of the script, and the time."""
        name = (
            self.script.stem if self.script else (urlsplit(self.url or "").path.rstrip("/").rpartition("/")[2] or "run")
        )
        return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name).strip('-.') or 'run'}-{now:%Y-%m-%dT%H-%M-%S}"


def parse(**given: object) -> RunOptions:
    """RunOptions, or UsageError with every mistake in one line."""
    try:
        return RunOptions.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        mistakes = []
        for mistake in error.errors(include_url=False):
            place = mistake["loc"][0] if mistake["loc"] else ""
            option = {"url": "URL", "": ""}.get(str(place), f"--{place}".replace("_", "-"))
            said = mistake["msg"].removeprefix("Value error, ")
            mistakes.append(f"{option}: {said}" if option else said)
        raise UsageError("; ".join(mistakes), "See loadline run --help") from None
