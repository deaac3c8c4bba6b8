"""A Comparison as JUnit's XML, which CI servers show as tests: a proven regression is a failure.

The elements and attributes are those that Jenkins's, GitLab's and GitHub's readers have in common.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

from rules.comparison import Change, Comparison, Outcome

SUITE = "loadline compare"
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, escaped or not."""


def render(comparison: Comparison) -> str:
    """One suite; each figure is a test case. What could not be told is skipped, and with nothing to tell an error."""
    cases = [_case(one, comparison, decides=True) for one in comparison.deciding]
    cases += [_case(one, comparison, decides=False) for one in comparison.endpoints]
    counts = {
        "tests": str(len(cases)),
        "failures": _count(cases, "failure"),
        "errors": _count(cases, "error"),
        "skipped": _count(cases, "skipped"),
        "time": "0",
    }
    root = Xml.Element(
        "testsuites", {"name": SUITE, **{name: counts[name] for name in ("tests", "failures", "errors")}}
    )
    suite = Xml.SubElement(root, "testsuite", {"name": SUITE, **counts})
    properties = Xml.SubElement(suite, "properties")
    for name, value in _properties(comparison):
        Xml.SubElement(properties, "property", {"name": _clean(name), "value": _clean(value)})
    suite.extend(cases)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _case(one: Change, comparison: Comparison, decides: bool) -> Xml.Element:
    suite = "loadline" if decides else "loadline.endpoints"
    case = Xml.Element("testcase", {"classname": suite, "name": _clean(one.figure), "time": "0"})
    said = _clean(
        f"{one.verdict.words}: {one.size}; {one.because}" if one.compared else f"{one.verdict.words}: {one.because}"
    )
    if one.verdict is Outcome.WORSE and decides:
        Xml.SubElement(case, "failure", {"type": "regression", "message": said}).text = _clean(comparison.because)
    elif one.verdict is Outcome.UNKNOWN and decides and not comparison.comparable:
        Xml.SubElement(case, "error", {"type": "nothing to compare", "message": said}).text = said
    elif one.verdict is Outcome.UNKNOWN:
        Xml.SubElement(case, "skipped", {"message": said})
    else:
        Xml.SubElement(case, "system-out").text = said
    return case


def _properties(comparison: Comparison) -> list[tuple[str, str]]:
    told = [
        ("baseline", ", ".join(comparison.baseline)),
        ("candidate", ", ".join(comparison.candidate)),
        ("verdict", comparison.verdict.words),
        ("margin", f"{comparison.margin:g}"),
    ]
    return told + [
        (f"not the same: {one.condition}", f"{one.baseline} before, {one.candidate} after")
        for one in comparison.differences
    ]


def _count(cases: list[Xml.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _clean(text: str) -> str:
    return NO_XML.sub("\ufffd", text)
