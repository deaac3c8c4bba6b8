"""The numbers of the alerts, as the workbook has them, and scaled."""

from __future__ import annotations

import pytest

from rules.slo.windows import BURNS, DAY, LEAST_DAYS, scaled, written


def test_the_shares_of_the_budget_are_those_of_the_workbook() -> None:
    spent = [round(burn.factor * burn.long / (30 * DAY), 3) for burn in BURNS]
    assert spent == [0.02, 0.05, 0.1, 0.1]
    assert all(burn.short * 12 == burn.long for burn in BURNS)


def test_windows_grow_with_the_slos_own_and_factors_stay() -> None:
    assert [(burn.factor, written(burn.long), written(burn.short)) for burn in scaled(30)] == [
        (14.4, "1h", "5m"),
        (6, "6h", "30m"),
        (3, "1d", "2h"),
        (1, "3d", "6h"),
    ]
    assert [(burn.factor, written(burn.long), written(burn.short)) for burn in scaled(7)] == [
        (14.4, "14m", "1m10s"),
        (6, "1h24m", "7m"),
        (3, "5h36m", "28m"),
        (1, "16h48m", "1h24m"),
    ]


@pytest.mark.parametrize("days", [LEAST_DAYS, 28, 90])
def test_no_window_is_cut(days: int) -> None:
    assert [burn.long * 30 for burn in scaled(days)] == [burn.long * days for burn in BURNS]
    assert [burn.short * 30 for burn in scaled(days)] == [burn.short * days for burn in BURNS]
    assert min(burn.short for burn in scaled(days)) >= 60
