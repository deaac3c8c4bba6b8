"""Two comparisons that hold about everything that a format has to show."""

from __future__ import annotations

from rules.answer import Endpoint, Plan, Quantiles
from rules.compare import compare
from rules.comparison import Comparison
from rules.conditions import Conditions
from tests.rules.answers_of import answer, refused, slo


def plan(vus: int, k6: str) -> Plan:
    conditions = Conditions(target="http://10.0.1.12:8080/boards?a=1|b", method="GET", think_seconds=1.0, k6=k6)
    return Plan(vus=vus, seconds=600.0, ended="finished", conditions=conditions)


def endpoints(show: float) -> list[Endpoint]:
    return [
        Endpoint(
            light_load=Quantiles(p95=10 / rate),
            name=name,
            requests=9,
            goodput=rate,
            low=0.99 * rate,
            high=1.01 * rate,
            failure_ratio=0.0,
        )
        for name, rate in (("/boards|<all>", 500.0), ("/boards/:id\x00", show))
    ]


def regression() -> Comparison:
    """Three runs a side, other conditions, two endpoints with names that every format must escape."""
    before = [
        answer(
            f"before-{i + 1}",
            1000.0 + i,
            slo_capacity=slo(990.0 + i),
            plan=plan(6000, "1.1.0"),
            endpoints=endpoints(500.0),
        )
        for i in range(3)
    ]
    after = [
        answer(
            f"after-{i + 1}",
            950.0 - i,
            slo_capacity=slo(985.0 + i),
            plan=plan(5000, "1.2.0"),
            endpoints=endpoints(450.0),
        )
        for i in range(3)
    ]
    without = refused("before-4").model_copy(update={"plan": plan(6000, "1.1.0")})
    return compare([*before, without], after)


def nothing() -> Comparison:
    """Nothing can be compared."""
    return compare([answer("before")], [refused("after", because="more than 40 % of the run is gaps")])
