"""``Chart``: axes, lines, points, bands and marks as one inline SVG; colours and fonts are the page's style sheet's.

Built as an XML tree, so text is escaped and the result well-formed whatever a label holds. Sizes are in units of the
viewBox; a page scales them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from loadline.report.scale import Linear
from rules.series import Floats

WIDTH = 640
LEFT, RIGHT, TOP, BOTTOM = 66, 18, 34, 46
LETTER = 11.0
"""Width of one of a label's letters, at most, where a page is narrow and letters are large."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids even when escaped; label values may hold it."""


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high``, with its numbers at ``ticks`` written as ``labels``, and its unit."""

    low: float
    high: float
    ticks: Sequence[float]
    labels: Sequence[str]
    unit: str


class Chart:
    """One chart, drawn in the order of the calls. ``style`` names are classes of the page's style sheet."""

    def __init__(self, title: str, description: str, x: Axis, y: Axis, height: int = 250, top: int = TOP) -> None:
        """``top`` is the room above the drawing, for the unit of y and what ``numbered`` writes there."""
        self.x = Linear(x.low, x.high, LEFT, WIDTH - RIGHT)
        self.y = Linear(y.low, y.high, height - BOTTOM, top)
        self.top = top
        self.root = ET.Element("svg", {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "class": "chart"})
        _add(self.root, "title", text=title)
        _add(self.root, "desc", text=description)
        self._axes(x, y, height)

    def line(self, xs: Floats, ys: Floats, style: str) -> None:
        """A line through the points (n,); it breaks where either is NaN, and a point between breaks is a dot."""
        steps = []
        pen_down = False
        for x, y in zip(xs, ys, strict=True):
            seen = bool(np.isfinite(x) and np.isfinite(y))
            if seen:
                place = f"{_short(self.x(x))} {_short(self.y(y))}"
                steps.append(f"L{place}" if pen_down else f"M{place}h0")
            pen_down = seen
        if steps:
            _add(self.root, "path", {"class": f"line {style}", "d": "".join(steps)})

    def points(self, xs: Floats, ys: Floats, style: str) -> None:
        """A dot at each point (n,); none where either is NaN."""
        seen = np.isfinite(xs) & np.isfinite(ys)
        dots = [f"M{_short(self.x(x))} {_short(self.y(y))}h0" for x, y in zip(xs[seen], ys[seen], strict=True)]
        if dots:
            _add(self.root, "path", {"class": f"points {style}", "d": "".join(dots)})

    def band(self, low: float, high: float, style: str) -> None:
        """A horizontal band between two values of y."""
        top, bottom = self.y(high), self.y(low)
        self._rect(LEFT, top, WIDTH - RIGHT - LEFT, bottom - top, style)

    def stretch(self, start: float, end: float, style: str, tip: str) -> None:
        """A vertical band between two values of x; ``tip`` shows when pointed at."""
        left, right = self.x(start), self.x(end)
        _tip(self._rect(left, self.top, max(right - left, 1.0), self.y.start - self.top, style), tip)

    def block(self, start: float, end: float, labels: Sequence[str], style: str, tip: str) -> None:
        """A stretch with the first of ``labels`` in it that has room; ``tip`` shows when pointed at."""
        left, right = self.x(start), self.x(end)
        _tip(self._rect(left, self.top, max(right - left, 2.0), self.y.start - self.top, f"block {style}"), tip)
        label = next((one for one in labels if right - left >= LETTER * len(one)), "")
        if label:
            _tip(self._text((left + right) / 2, (self.top + self.y.start) / 2 + 5, label, "mark", "middle"), tip)

    def horizontal(self, value: float, label: str, style: str, *, below: bool = False) -> None:
        """A line across at a value of y, its label at the right end, above the line unless ``below``."""
        y = self.y(value)
        self._segment(LEFT, y, WIDTH - RIGHT, y, style)
        place = (WIDTH - RIGHT - 4, y + 18 if below else y - 10)
        self._text(*place, label, f"mark {style}", "end")

    def vertical(self, value: float, label: str, style: str, tip: str = "") -> None:
        """A line from bottom to top at a value of x, its label at the upper end, on the side that has room."""
        x = self.x(value)
        _tip(self._segment(x, self.top, x, self.y.start, style), tip or label)
        if label:
            ends = x > (LEFT + WIDTH) / 2
            self._text(x - 5 if ends else x + 5, self.y.start - 8, label, f"mark {style}", "end" if ends else "start")

    def numbered(self, value: float, number: str, style: str, tip: str) -> None:
        """A line like ``vertical``'s with a number above it that a list explains."""
        x = self.x(value)
        _tip(self._segment(x, self.top, x, self.y.start, style), tip)
        if number:
            _tip(self._text(x, self.top - 6, number, f"mark {style}", "middle"), tip)

    def markup(self) -> Markup:
        """The ``<svg>`` element, to be placed into a page."""
        return Markup(ET.tostring(self.root, encoding="unicode"))  # noqa: S704  # ElementTree has escaped it

    def _axes(self, x: Axis, y: Axis, height: int) -> None:
        for value, label in zip(y.ticks, y.labels, strict=True):
            place = self.y(value)
            self._segment(LEFT, place, WIDTH - RIGHT, place, "axis" if value == y.low else "grid")
            self._text(LEFT - 8, place + 5, label, "tick", "end")
        for value, label in zip(x.ticks, x.labels, strict=True):
            place = self.x(value)
            self._segment(place, height - BOTTOM, place, height - BOTTOM + 5, "axis")
            beside_y = value == x.low and len(label) > 1  # whose lowest number is as low
            self._text(place, height - BOTTOM + 20, label, "tick", "start" if beside_y else "middle")
        self._text(4, 16, y.unit, "unit", "start")
        self._text(WIDTH - RIGHT, height - 3, x.unit, "unit", "end")

    def _segment(self, x1: float, y1: float, x2: float, y2: float, style: str) -> ET.Element:
        path = f"M{_short(x1)} {_short(y1)}L{_short(x2)} {_short(y2)}"
        return _add(self.root, "path", {"class": f"rule {style}", "d": path})

    def _rect(self, x: float, y: float, width: float, height: float, style: str) -> ET.Element:
        sizes = {"x": _short(x), "y": _short(y), "width": _short(width), "height": _short(height)}
        return _add(self.root, "rect", {"class": style, **sizes})

    def _text(self, x: float, y: float, text: str, style: str, anchor: str) -> ET.Element:
        where = {"class": style, "x": _short(x), "y": _short(y), "text-anchor": anchor}
        return _add(self.root, "text", where, text)


def _add(parent: ET.Element, tag: str, attributes: dict[str, str] | None = None, text: str = "") -> ET.Element:
    child = ET.SubElement(parent, tag, attributes or {})
    child.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text) or None
    return child


def _tip(element: ET.Element, text: str) -> None:
    """What a browser shows when pointed at the element: its first <title>, which it needs no script for."""
    tip = ET.Element("title")
    tip.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    element.insert(0, tip)


def _short(value: float) -> str:
    """A tenth of a unit is finer than a screen; fewer characters keep the page small."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
