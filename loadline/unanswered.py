"""Why requests had no reply: no metric of the built-in ramp tells (its texts would be too many), but k6's log does."""

from __future__ import annotations

from typing import Final

from rules import failures
from rules.answer import Answer

NO_REPLY: Final = "0"
"""The status of a request that had none."""


def told_in(answer: Answer, reason: str) -> Answer:
    """``answer`` with k6's ``reason`` in its finding on failures, where most of them are requests without a reply."""
    told = answer.failures
    if not reason or told is None or 2 * told.by_status.get(NO_REPLY, 0) <= told.count:
        return answer
    finding = next(one for one in answer.findings if one.rule == failures.RULE)
    said = f"{finding.because}; k6 says: {reason}"
    findings = [one.model_copy(update={"because": said}) if one is finding else one for one in answer.findings]
    return answer.model_copy(update={"findings": findings, "because": answer.because.replace(finding.because, said)})
