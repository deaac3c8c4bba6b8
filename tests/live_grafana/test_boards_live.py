"""Every board in a real browser on a live Grafana: no error, no empty panel, annotations there; with screenshots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from dashboards import run_table
from tests.dashboards import absent
from tests.dashboards.models import MODELS, Json, panels
from tests.live_grafana.live import Live, drawn

SCREEN: Final[ViewportSize] = {"width": 1920, "height": 1080}
HEAD_PIXELS, LINE_PIXELS = 200, 38
WITH_THEIR_OWN_RANGE: Final = {"loadline-home", "loadline-runs"}
UNDRAWABLE: Final = "Err"
"""What an xychart says that finds none of its series."""
FEW_PIXELS: Final = 20
MARKED: Final = {"loadline-load-test", "loadline-generator", "loadline-server"}


def may_be_empty(panel: Json) -> bool:
    """Whether each of its queries has a reason in tests/dashboards/absent.py to find nothing on a plain machine."""
    asked = [(panel["title"], target["refId"]) for target in panel.get("targets", [])]
    return bool(asked) and all(one in absent.QUERIES for one in asked)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=SCREEN, timezone_id="UTC")
    yield page
    page.close()


def opened(page: Page, live: Live, uid: str) -> list[str]:
    """The board, high enough that all its panels are drawn at once; the errors that its scripts throw."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    lines = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in MODELS[uid]["panels"])
    page.set_viewport_size({"width": SCREEN["width"], "height": lines * LINE_PIXELS + HEAD_PIXELS})
    page.goto(live.address(uid, around_the_run=uid not in WITH_THEIR_OWN_RANGE))
    return thrown


@pytest.mark.parametrize("uid", MODELS)
def test_every_panel_of_a_board_is_drawn(page: Page, live: Live, uid: str) -> None:
    thrown = opened(page, live, uid)
    wrong = []
    for panel in panels(MODELS[uid]):
        seen = drawn(page, panel["title"])
        nothing = seen["absent"] or panel["fieldConfig"]["defaults"].get("noValue") == seen["text"]
        nothing = nothing or (panel["type"] == "xychart" and seen["ink"] < FEW_PIXELS)
        if seen["error"] or seen["text"] == UNDRAWABLE:
            wrong.append(f"{panel['title']!r} has an error badge: {seen['text']}")
        elif nothing and not may_be_empty(panel):
            wrong.append(f"{panel['title']!r} is empty: {seen['absent'] or seen['text'] or 'no curve'}")
    page.screenshot(path=live.shots / f"{uid}.png")
    assert (wrong, thrown) == ([], [])


@pytest.mark.parametrize("uid", sorted(MARKED))
def test_events_are_marked_on_a_board(page: Page, live: Live, uid: str) -> None:
    opened(page, live, uid)
    marker = page.locator('[data-testid="data-testid annotation-marker"]')
    marker.first.wait_for(timeout=60_000)
    assert marker.count() >= 2


def test_the_first_screen_answers_the_question(page: Page, live: Live) -> None:
    page.goto(live.address("loadline-load-test", around_the_run=True))
    first = [one for one in panels(MODELS["loadline-load-test"]) if one["gridPos"]["y"] < 21]
    for panel in first:
        drawn(page, panel["title"])
    page.screenshot(path=live.shots / "first-screen.png")
    for panel in first:
        section = page.locator(f'section[data-testid="data-testid Panel header {panel["title"]}"]')
        box = section.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= SCREEN["height"], panel["title"]


def test_a_run_s_name_in_the_table_leads_to_its_board_and_its_time(page: Page, live: Live) -> None:
    page.goto(live.address("loadline-runs", around_the_run=False))
    page.get_by_role("link", name=live.testid, exact=True).first.click()
    page.wait_for_url("**/d/loadline-load-test**", timeout=60_000)
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["var-testid"] == [live.testid]
    assert _unix(asked["from"][0]) == pytest.approx(live.start - run_table.MARGIN_SECONDS, abs=0.01)
    assert _unix(asked["to"][0]) == pytest.approx(live.end + run_table.MARGIN_SECONDS, abs=0.01)


def _unix(moment: str) -> float:
    """Of milliseconds, or of what Grafana makes of them in the address once the board is open."""
    return int(moment) / 1000 if moment.isdecimal() else datetime.fromisoformat(moment).timestamp()
