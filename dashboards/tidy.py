"""A board without what grafanalib writes beside it: keys of Grafana 4, and null for what is not said."""

from __future__ import annotations

from typing import Any, Final

LEGACY: Final = {
    "__inputs", "auto", "auto_count", "auto_min", "cacheTimeout", "error", "height", "hideControls", "minSpan", "rows",
    "sharedCrosshair", "span", "style", "tagValuesQuery", "tagsQuery", "time_options", "useTags",
}  # fmt: skip
"""Grafana drops them without a word."""
PLAIN: Final = ("editable", True)
"""What a panel is anyway; a board says that it is not."""
NULL_MEANS: Final = "value"
"""The one key whose null is said: the first step of thresholds is minus infinity."""


def tidy(part: Any) -> Any:
    """``part`` of a board's JSON without those keys."""
    if isinstance(part, dict):
        said = {key: value for key, value in part.items() if value is not None or key == NULL_MEANS}
        return {key: tidy(value) for key, value in said.items() if key not in LEGACY and (key, value) != PLAIN}
    return [tidy(one) for one in part] if isinstance(part, list) else part
