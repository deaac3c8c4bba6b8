"""The report of one run: a single HTML page that opens offline."""

from __future__ import annotations

from loadline.report.html import render

__all__ = ["render"]
