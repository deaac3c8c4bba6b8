"""What a load test was asked to be: every mistake found at once, before anything starts."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from loadline.errors import UsageError
from rules.answer import Objective
from rules.durations import go_seconds
from rules.slo.file import read

TUTORIAL_VUS, TUTORIAL_DURATION, TUTORIAL_THINK_SECONDS = 6000, "10m", 1.0
"""The tutorial's test: VUs ramped to 6,000 in 10 minutes, one GET a second each."""
OF_THE_RAMP = ("url", "vus", "duration", "think_time", "method", "header", "body")
OF_SERVERS = ("server_username", "server_password_file", "server_ca_file")
SHORT_RUN_SECONDS = 200.0
PLACEHOLDER = "http://127.0.0.1"
"""Where a command takes some of these options and no URL, or not yet."""
_TESTID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*")


def _seconds(text: object) -> object:
    """``1s``, ``500ms`` or plain seconds, as seconds."""
    if not isinstance(text, str):
        return text
    plain = re.fullmatch(r"[0-9]+(\.[0-9]+)?", text)
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


def whole_url(text: str) -> str:
    """``text``, where it is an http or https URL with a host; raises ValueError."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f"{text!r} is no URL ({error})") from None
    if not whole or not re.fullmatch(r"[!-~\u00a1-\uffff]+", text):
        raise ValueError(f"{text!r} is no URL: write it whole, for example http://127.0.0.1:8080/boards")
    return text


def _method(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]+", text):
        raise ValueError(f"{text!r} is no HTTP method: write GET, POST or another")
    return text.upper()


def _testid(text: str) -> str:
    if not _TESTID.fullmatch(text):
        raise ValueError(f"{text!r} cannot be a testid: letters, digits and . _ : @ + - only, 100 at most")
    return text


def _header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValueError(f"{text!r} is no header: write 'Name: value'")
    return text


def _address(text: str) -> str:
    if "@" in text:  # and not quoted: what stands before it may be a password
        raise ValueError("give a user by --server-username, and the password by --server-password-file")
    host, colon, port = re.sub("^https?://", "", text).rpartition(":")
    if not (host and "/" not in host and colon and re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is no HOST:PORT")
    return text


def _readable(file: Path) -> Path:
    try:
        with file.open("rb"):
            return file
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None


def _certificates(file: Path) -> Path:
    try:
        ssl.create_default_context(cafile=_readable(file))
    except ssl.SSLError:
        raise ValueError(f"{file} holds no certificate in PEM") from None
    return file


Seconds = Annotated[float, BeforeValidator(_seconds)]
Url = Annotated[str, AfterValidator(whole_url)]


class RunOptions(BaseModel):
    """One load test: the built-in ramp against ``url``, or the user's ``script`` unchanged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Url | None = None
    script: Path | None = None
    vus: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    duration: Annotated[str, AfterValidator(_duration)] | None = None
    think_time: Annotated[Seconds, Field(ge=0)] | None = None
    method: Annotated[str, AfterValidator(_method)] | None = None
    header: tuple[Annotated[str, AfterValidator(_header)], ...] = ()
    body: str | None = None
    testid: Annotated[str, AfterValidator(_testid)] | None = None
    latency_limit: Annotated[Seconds, Field(gt=0)] = 1.0
    good_share: float = 0.95
    """The share of requests that must be good; only --slo says another one."""
    prometheus_url: Url | None = None
    server: tuple[Annotated[str, AfterValidator(_address)], ...] = ()
    server_username: str | None = None
    server_password_file: Annotated[Path, AfterValidator(_readable)] | None = None
    server_ca_file: Annotated[Path, AfterValidator(_certificates)] | None = None
    web_dashboard: bool = False
    pause: Annotated[Seconds, Field(ge=0)] = 30.0
    """Between two runs of several."""
    repetition: int | None = None
    """Which run of several this is, from 1 on; its testid ends in it."""

    @property
    def objective(self) -> Objective:
        return Objective(objective=self.good_share, latency_seconds=self.latency_limit)

    @property
    def target(self) -> str:
        """What is tested, to be shown: the script, or the URL without a password."""
        return str(self.script or re.sub(r"//[^/]*@", "//", self.url or ""))

    @property
    def think_seconds(self) -> float:
        """Of the built-in ramp."""
        return TUTORIAL_THINK_SECONDS if self.think_time is None else self.think_time

    def ramp_environment(self) -> dict[str, str]:
        """The variables that k6/ramp.js reads."""
        headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in self.header)}
        return {
            "TARGET_URL": self.url or "",
            "VUS": str(self.vus or TUTORIAL_VUS),
            "DURATION": self.duration or TUTORIAL_DURATION,
            "THINK_TIME": f"{self.think_seconds:g}",
            "METHOD": self.method or "GET",
            "REQUEST_HEADERS": json.dumps(headers),
            "BODY": self.body or "",
        }

    def default_testid(self, now: datetime) -> str:
        """A name a person recognises in a list: the last word of the path or of the script, and the time."""
        name = (
            self.script.stem if self.script else (urlsplit(self.url or "").path.rstrip("/").rpartition("/")[2] or "run")
        )
        return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name).strip('-.') or 'run'}-{now:%Y-%m-%dT%H-%M-%S}"


def parse(slo: object = None, **given: object) -> RunOptions:
    """RunOptions, or UsageError with every mistake in one line; None and an empty tuple are not given.

    The file ``slo`` says what a good request is; a latency limit that is given stands above it.
    """
    given = {key: value for key, value in given.items() if value not in (None, ())}
    mistakes = _contradictions(given)
    if slo is not None:
        try:
            promised = read(Path(str(slo))).of_k6
            given = {"latency_limit": promised.threshold, "good_share": promised.target} | given
        except UsageError as error:
            mistakes.append(str(error))
    try:
        options = RunOptions.model_validate(given)
    except ValidationError as error:
        for mistake in error.errors(include_url=False):
            said = mistake["msg"].removeprefix("Value error, ").replace("Input should", "must")
            mistakes.append(f"{_as_typed(str(mistake['loc'][0]))}: {said}")
    if mistakes:
        raise UsageError("; ".join(mistakes))
    return options


def _contradictions(given: Mapping[str, object]) -> list[str]:
    """Options that contradict each other are refused, not ranked."""
    found = []
    if "script" not in given and "url" not in given:
        found.append("give the URL to test, or --script FILE")
    clashes = [_as_typed(name) for name in OF_THE_RAMP if name in given]
    if "script" in given and clashes:
        found.append(f"{', '.join(clashes)} with --script: the script's own options stand; change them there")
    if "server" in given and "prometheus_url" in given:
        found.append('--server with --prometheus-url: let that Prometheus scrape it, with the label role="server"')
    if "server" not in given:
        found += [f"{_as_typed(name)} without --server" for name in OF_SERVERS if name in given]
    elif "server_ca_file" in given and not any(one.startswith("https://") for one in _texts(given["server"])):
        found.append("--server-ca-file without TLS: write --server https://HOST:PORT")
    if ("server_username" in given) != ("server_password_file" in given):
        found.append("--server-username and --server-password-file belong together")
    return found


def _texts(values: object) -> list[str]:
    return [str(one) for one in values] if isinstance(values, (list, tuple)) else []


def _as_typed(name: str) -> str:
    return "URL" if name == "url" else f"--{name.replace('_', '-')}"
