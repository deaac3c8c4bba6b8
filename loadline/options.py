"""What a load test was asked to be: every mistake found at once, before anything starts."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from loadline.contradictions import as_typed, contradictions
from loadline.errors import UsageError
from loadline.fields import (
    AUTO,
    MOST_VUS,
    Address,
    Certificates,
    Duration,
    File,
    Header,
    Matchers,
    Method,
    Seconds,
    Testid,
    Url,
    Vus,
)
from rules.answer import Objective
from rules.roles import Roles
from rules.slo.file import read

TUTORIAL_VUS, TUTORIAL_DURATION, TUTORIAL_THINK_SECONDS = 6000, "10m", 1.0
"""The tutorial's test: VUs ramped to 6,000 in 10 minutes, one GET a second each."""
SHORT_RUN_SECONDS = 200.0
PLACEHOLDER = "http://127.0.0.1"
"""Where a command takes some of these options and no URL, or not yet."""


class RunOptions(BaseModel):
    """One load test: the built-in ramp against ``url``, or the user's ``script`` unchanged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Url | None = None
    script: Path | None = None
    vus: Vus | None = None
    """AUTO, or None for a URL: the run finds its own range."""
    duration: Duration | None = None
    max_vus: Annotated[int, Field(gt=0, le=MOST_VUS)] | None = None
    max_rate: Annotated[float, Field(ge=1, allow_inf_nan=False)] | None = None
    """Requests/s."""
    full: bool = False
    scaler_reaction: Annotated[Seconds, Field(gt=0)] | None = None
    confirm: bool = False
    think_time: Annotated[Seconds, Field(ge=0)] | None = None
    method: Method | None = None
    header: tuple[Header, ...] = ()
    body: str | None = None
    testid: Testid | None = None
    latency_limit: Annotated[Seconds, Field(gt=0)] = 1.0
    good_share: float = 0.95
    """The share of requests that must be good; only --slo says another one."""
    prometheus_url: Url | None = None
    server_selector: Matchers | None = None
    generator_selector: Matchers | None = None
    server: tuple[Address, ...] = ()
    server_username: str | None = None
    server_password_file: File | None = None
    server_ca_file: Certificates | None = None
    web_dashboard: bool = False
    pause: Annotated[Seconds, Field(ge=0)] = 30.0
    """Between two runs of several."""
    repetition: int | None = None
    """Which run of several this is, from 1 on; its testid ends in it."""

    @property
    def objective(self) -> Objective:
        return Objective(objective=self.good_share, latency_seconds=self.latency_limit)

    @property
    def roles(self) -> Roles:
        """By what machines are told apart in ``prometheus_url``."""
        return Roles(self.server_selector, self.generator_selector)

    @property
    def finds_its_range(self) -> bool:
        """Whether nobody said how many VUs there are to be."""
        return self.script is None and self.vus in (None, AUTO)

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
            "VUS": str(TUTORIAL_VUS if self.finds_its_range else self.vus),
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


def parse(slo: object = None, repeat: object = None, **given: object) -> RunOptions:
    """RunOptions, or UsageError with every mistake in one line; None, False and an empty tuple are not given.

    The file ``slo`` says what a good request is; a latency limit that is given stands above it. ``repeat`` is how often
    the test is to be run, where that was said; what else was given must go with it.
    """
    given = {key: value for key, value in given.items() if value is not None and value is not False and value != ()}
    mistakes = contradictions(given, repeat)
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
            mistakes.append(f"{as_typed(str(mistake['loc'][0]))}: {said}")
    if mistakes:
        raise UsageError("; ".join(mistakes))
    return options
