"""A live Grafana, named by GRAFANA_URL, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.live_grafana.live import Live

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHOTS = Path(__file__).parents[2] / "results" / "grafana"


@pytest.fixture(scope="session")
def live() -> Live:
    """The Grafana to look at, with the run that began last in it."""
    url = os.environ.get("GRAFANA_URL")
    if not url:
        pytest.skip("GRAFANA_URL is not set: make test-grafana GRAFANA_URL=http://127.0.0.1:3000 looks at the boards")
    SHOTS.mkdir(parents=True, exist_ok=True)
    return Live.found(url.rstrip("/"), SHOTS)


@pytest.fixture(scope="session")
def browser(live: Live) -> Iterator[Browser]:
    """The system's Chromium; playwright's own browsers need not be downloaded."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(f"none of {', '.join(BROWSERS)} is on PATH; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
