"""What each format prints, word for word, and that other programs can read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree as Xml

import pytest
from syrupy.assertion import SnapshotAssertion

from loadline.comparison import junit, markdown, text
from rules.comparison import Comparison, Outcome
from tests.golden import PlainText
from tests.loadline.comparison.golden import nothing, regression

FORMATS: dict[str, Callable[[Comparison], str]] = {
    "text": text.render,
    "markdown": markdown.render,
    "junit": junit.render,
    "json": lambda told: told.to_json() + "\n",
}

SHAPE = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"properties", "testcase"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"classname", "name", "time"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}
"""Of each element the attributes that it has, and the elements that it may hold, after the schema of Jenkins's xUnit
plugin (junit-10.xsd)."""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", [regression, nothing])
def test_the_whole_output_is_the_golden_one(
    form: str, case: Callable[[], Comparison], snapshot: SnapshotAssertion
) -> None:
    assert FORMATS[form](case()) == snapshot(extension_class=PlainText)


def test_what_was_not_the_same_is_named_before_any_number() -> None:
    for form in ("text", "markdown"):
        said = FORMATS[form](regression())
        assert 0 < said.index("6,000 before, 5,000 after") < said.index("−5.2 %")


def elements(told: Comparison) -> Xml.Element:
    return Xml.fromstring(junit.render(told).encode())  # noqa: S314  # our own output


@pytest.mark.parametrize("case", [regression, nothing])
def test_junit_has_the_shape_that_its_readers_know(case: Callable[[], Comparison]) -> None:
    def check(element: Xml.Element) -> None:
        attributes, children = SHAPE[element.tag]
        assert set(element.attrib) == attributes
        for child in element:
            assert child.tag in children
            check(child)

    root = elements(case())
    check(root)
    suite = root[0]
    assert [child.tag for child in suite][:1] == ["properties"], "the schema has a sequence"
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases)
    for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[counted]) == len(suite.findall(f"testcase/{tag}"))


def test_junit_fails_exactly_what_the_exit_code_fails() -> None:
    told = regression()
    failed = [case.attrib["name"] for case in elements(told).iter("testcase") if case.find("failure") is not None]
    assert failed == ["maximum throughput"]
    assert [one.verdict for one in told.endpoints] == [Outcome.SAME, Outcome.WORSE], "an endpoint says where"
    assert [case.tag for case in elements(nothing())[0].find("testcase") or []] == ["error"]


def test_a_name_cannot_break_a_table_nor_put_html_into_a_comment() -> None:
    rows = [line for line in markdown.render(regression()).splitlines() if line.startswith("| ")]
    assert {len(line.replace("\\|", "").split("|")) for line in rows} == {7}
    assert "<all>" not in markdown.render(regression())
    assert markdown.escape("@team `x`\n# *y*") == "\\@team \\`x\\` \\# \\*y\\*"


def test_json_is_one_object_of_the_schema_that_comes_back_as_it_was() -> None:
    told = json.loads(regression().to_json())
    assert (told["schema"], told["verdict"]) == ("loadline.comparison/1", "worse")
    assert Comparison.model_validate(told) == regression()
