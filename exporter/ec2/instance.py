"""The instance that the exporter runs on, as its metadata service tells it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exporter.ec2.imds import Imds, ImdsError
from exporter.errors import NothingHere

DOCUMENT: Final = "/latest/dynamic/instance-identity/document"
LIFE_CYCLE: Final = "/latest/meta-data/instance-life-cycle"
SPOT_ACTION: Final = "/latest/meta-data/spot/instance-action"

ASKED_AGAIN_SECONDS: Final = 60.0
"""After a refusal; the network may be up later than the exporter, so it is not for ever."""

SPOT: Final = "spot"
WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What every value that is used here looks like: identifiers, types, zones."""


@dataclass(frozen=True)
class Identity:
    """Fields of the identity document under their own names, and how the instance is paid for."""

    instance_id: str
    instance_type: str
    availability_zone: str
    region: str
    image_id: str
    architecture: str
    life_cycle: str


@dataclass(frozen=True)
class Interruption:
    """What will be done to a spot instance (stop, hibernate, terminate), and when: seconds since 1970."""

    action: str
    time: float


def parse_identity(document: str, life_cycle: str) -> Identity:
    """From the text of the identity document. Raises ImdsError where it is not one."""
    found = _object(document, DOCUMENT)
    return Identity(
        instance_id=_word(found.get("instanceId"), DOCUMENT),
        instance_type=_word(found.get("instanceType"), DOCUMENT),
        availability_zone=_word(found.get("availabilityZone"), DOCUMENT),
        region=_word(found.get("region"), DOCUMENT),
        image_id=_word(found.get("imageId"), DOCUMENT),
        architecture=_word(found.get("architecture"), DOCUMENT),
        life_cycle=_word(life_cycle, LIFE_CYCLE),
    )


def parse_interruption(notice: str) -> Interruption:
    """From the text of a spot notice, ``{"action": "stop", "time": "2026-09-18T08:22:00Z"}``."""
    found = _object(notice, SPOT_ACTION)
    try:
        when = datetime.fromisoformat(found["time"])
        if when.tzinfo is None:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise ImdsError(f"{SPOT_ACTION} has no time in UTC") from None
    return Interruption(_word(found.get("action"), SPOT_ACTION), when.timestamp())


class Instance:
    """Asks the metadata service once for what does not change; shared by all collectors that need to know.

    Both methods raise NothingHere off EC2 and ImdsError where the service misbehaves.
    """

    def __init__(self, imds: Imds | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` is in seconds."""
        self._imds = imds or Imds()
        self._clock = clock
        self._lock = threading.Lock()
        self._identity: Identity | None = None
        self._refused: NothingHere | ImdsError | None = None
        self._refused_at = 0.0

    def identity(self) -> Identity:
        """Asked until it is known, and at most once a minute."""
        with self._lock:
            if self._identity is None:
                self._identity = self._ask()
            return self._identity

    def interruption(self) -> Interruption | None:
        """The spot notice, asked each time; None for an instance that is no spot instance, or has none yet."""
        if self.identity().life_cycle != SPOT:
            return None
        with self._lock:
            notice = self._imds.get(SPOT_ACTION)
        return parse_interruption(notice) if notice is not None else None

    def _ask(self) -> Identity:
        if self._refused is not None and self._clock() - self._refused_at < ASKED_AGAIN_SECONDS:
            raise type(self._refused)(*self._refused.args)
        try:
            document = self._imds.get(DOCUMENT)
            if document is None:
                raise NothingHere("the metadata service has no identity document: this is not EC2")
            return parse_identity(document, self._imds.get(LIFE_CYCLE) or "unknown")
        except (NothingHere, ImdsError) as refused:
            self._refused, self._refused_at = refused, self._clock()
            raise


def _object(text: str, path: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ImdsError(f"{path} is no JSON object")
    return found


def _word(value: object, path: str) -> str:
    if not isinstance(value, str) or not WORD.fullmatch(value):
        raise ImdsError(f"{path} lacks a field that it must have, or has something strange in it")
    return value
