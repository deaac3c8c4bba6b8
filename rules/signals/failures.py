"""Requests that did not get the reply they should have got."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rules import names
from rules.signals.load import RESPONSES

FAILED: Final = replace(
    RESPONSES,
    name="failures",
    description="Replies per second that were not expected, and requests that got no reply (status 0).",
    matchers=f'{names.EXPECTED_RESPONSE}="false"',
)
FAILED_BY_STATUS: Final = replace(FAILED, name="failures by status", by=(names.STATUS,))
FAILED_BY_NAME: Final = replace(FAILED, name="failures by request name", by=(names.REQUEST_NAME,))
UNSENT: Final = replace(
    FAILED,
    name="no reply",
    description="Requests per second that got no reply at all, by k6's error code.",
    matchers=f'{FAILED.matchers},{names.STATUS}="0"',
    by=(names.ERROR_CODE,),
)


def failures(window: str, *extra: str, shift: str = "") -> str:
    """Failures per second, 0 while requests are made and none fails; looked back for as ``Signal.shift`` has it."""
    failed, offered = (replace(one, shift=shift).rate(window, *extra) for one in (FAILED, RESPONSES))
    return f"{failed} or on () 0 * {offered}"


def failure_ratio(window: str, *extra: str) -> str:
    """Failed requests per request, weighted by requests: k6's own rate gauge is 0 or 1 per label set."""
    failed, offered = FAILED.rate(window, *extra), RESPONSES.rate(window, *extra)
    return f"({failed} or vector(0)) / {offered}"
