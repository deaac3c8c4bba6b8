"""The drop-downs on top of the boards, and values that are worked out behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboards.house import DATASOURCE
from dashboards.line import Json
from dashboards.scope import MACHINE
from rules import names
from rules.signals import host
from rules.signals.load import VUS
from rules.signals.slo_recorded import OBJECTIVE

ON_TIME_RANGE_CHANGE: Final = 2
NAMES_UP: Final = 1
NAMES_DOWN: Final = 2
HIDDEN: Final = 2
VALUE: Final = r"/ (\S+) \S+$/"
OF_TESTID: Final = rf'/^\{{{names.TESTID}="(.*)"\}} /'
"""Parts of a result as Grafana writes it, ``{labels} value time``."""


def run(name: str = names.TESTID, label: str = "test run", *, oldest_first: bool = False) -> Json:
    """One of the testids that k6 wrote in the time range, the last name first: names mostly hold a date."""
    order = NAMES_UP if oldest_first else NAMES_DOWN
    return _filled(name, f"label_values({VUS.metric}, {names.TESTID})", label=label, sort=order)


def objectives() -> Json:
    """One of the SLOs whose rules Prometheus has."""
    return _filled(names.SLO, f"label_values({OBJECTIVE.metric}, {names.SLO})", label="SLO", sort=NAMES_UP)


def machines(hosts: str) -> Json:
    """The machines that ``hosts`` selects: all of them unless chosen."""
    query = f"label_values({host.CPU_SECONDS.selector(hosts)}, {names.INSTANCE})"
    everything = {"text": "All", "value": "$__all"}
    several = {"allValue": ".*", "current": everything, "includeAll": True, "multi": True}
    return _filled(MACHINE, query, label="machine", sort=NAMES_UP, **several)


def computed(name: str, query: str, part: str = VALUE) -> Json:
    """``part`` of a PromQL query's one result at the end of the time range, for other queries to use; not shown."""
    return _filled(name, f"query_result({query})", label=name, sort=0, hide=HIDDEN, regex=part)


def choice(name: str, label: str, values: Mapping[str, str], chosen: str) -> Json:
    """Fixed ``values`` by their texts."""
    return {
        "current": {"text": chosen, "value": values[chosen]},
        "hide": 0,
        "includeAll": False,
        "label": label,
        "multi": False,
        "name": name,
        "options": [{"selected": text == chosen, "text": text, "value": value} for text, value in values.items()],
        "query": ", ".join(f"{text} : {value}" for text, value in values.items()),
        "type": "custom",
    }


def _filled(name: str, query: str, **more: Any) -> Json:
    plain = {"hide": 0, "includeAll": False, "multi": False, "options": [], "regex": ""}
    asked = {"datasource": DATASOURCE, "name": name, "query": query, "type": "query"}
    return {**plain, **asked, "refresh": ON_TIME_RANGE_CHANGE, **more}
