"""``Conditions`` and ``Machine``: what a run tested, with what, and on which machines."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Conditions(BaseModel):
    """As it was known before the run, so that two answers can be held side by side; null is not known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    target: str | None = None
    """The URL, without a password; null where a script has its own."""
    method: str | None = None
    script: str | None = None
    """Its file name; null of the built-in ramp."""
    script_sha256: str | None = None
    """Of the file itself, not of what it imports."""
    think_seconds: float | None = None
    """Null where a script has its own."""
    k6: str | None = None
    """Its version."""
    prometheus: str | None = None
    """Its major and minor version, by which it answers; null of a store that does not tell."""
    loadline: str | None = None
    """Our version."""


class Machine(BaseModel):
    """A machine that was scraped during the run; null is not known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    instance: str
    """host:port of who reports on it."""
    role: str
    """``server``, ``generator`` or ``both``."""
    cores: int | None = None
    instance_type: str | None = None
    """Of EC2."""


class Selectors(BaseModel):
    """PromQL matchers by which the machines were found; null is the target label ``role``."""

    server: str | None = None
    generator: str | None = None

    model_config = ConfigDict(frozen=True, extra="ignore")
