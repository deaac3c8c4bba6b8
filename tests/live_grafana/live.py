"""What a live Grafana has: its last run, and the boards as a browser draws them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from playwright.sync_api import Page

from dashboards.house import DATASOURCE
from rules import names
from rules.signals import answer, several
from rules.signals.signal import where

REACH: Final = "7d"
PATIENCE_MILLISECONDS: Final = 60_000
BEFORE, AFTER = 15.0, 60.0

DRAWN: Final = """
(title) => {
  const panel = [...document.querySelectorAll('section')].find((one) => one.dataset.testid === title);
  if (!panel || panel.querySelector('[aria-label="Panel loading bar"]')) return null;
  const error = panel.querySelector('[data-testid="data-testid Panel status error"]');
  const absent = panel.querySelector('[data-testid="data-testid Panel data error message"]');
  const content = panel.querySelector('[data-testid="data-testid panel content"]') || panel;
  const text = content.innerText.trim();
  const canvases = [...content.querySelectorAll('canvas')].filter((one) => one.width && one.height);
  if (!error && !absent && !text && !canvases.length) return null;
  let ink = 0;
  for (const canvas of canvases) {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
      const [red, green, blue, opaque] = data.slice(i, i + 4);
      if (opaque && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) ink++;
    }
  }
  return {error: !!error, absent: absent ? absent.innerText.trim() : '', text, ink};
}
"""
"""What a panel shows once it has loaded, null before; ``ink`` is how many pixels are neither grey nor empty."""


@dataclass(frozen=True)
class Live:
    """``testid`` is the run that began last; ``start`` and ``end`` are unix seconds of it."""

    url: str
    shots: Path
    testid: str
    start: float
    end: float

    @classmethod
    def found(cls, url: str, shots: Path) -> Live:
        """Asks Grafana's own data source; fails where it knows no run."""
        last = _asked(url, several.last(REACH))
        assert last, f"{url} shows no run of the last {REACH}: make one first"
        testid, start = last[0]["metric"][names.TESTID], float(last[0]["value"][1])
        ended = _asked(url, answer.shown(answer.RUN_END, REACH, where(testid=testid)))
        return cls(url, shots, testid, start, float(ended[0]["value"][1]))

    def address(self, uid: str, *, around_the_run: bool) -> str:
        """A board's address; around the run, or with the time range that the board opens with."""
        if not around_the_run:
            return f"{self.url}/d/{uid}?var-{names.TESTID}={self.testid}"
        reach = f"from={round((self.start - BEFORE) * 1000)}&to={round((self.end + AFTER) * 1000)}"
        return f"{self.url}/d/{uid}?var-{names.TESTID}={self.testid}&{reach}"


def drawn(page: Page, title: str) -> dict[str, Any]:
    """What the panel of that title shows once it has loaded."""
    header = f"data-testid Panel header {title}"
    try:
        handle = page.wait_for_function(DRAWN, arg=header, timeout=PATIENCE_MILLISECONDS)
    except Exception as error:
        raise AssertionError(f"{title!r} drew nothing within {PATIENCE_MILLISECONDS // 1000} s") from error
    result: dict[str, Any] = handle.json_value()
    return result


def _asked(url: str, query: str) -> list[dict[str, Any]]:
    path = f"{url}/api/datasources/proxy/uid/{DATASOURCE['uid']}/api/v1/query"
    reply = requests.get(path, params={"query": query, "time": f"{time.time():.3f}"}, timeout=15)
    assert reply.ok, f"{path}: {reply.status_code} {reply.text[:200]}"
    found: list[dict[str, Any]] = reply.json()["data"]["result"]
    return found
