"""The board "Home": what to do when there is no run yet, else the last answer."""

from __future__ import annotations

from typing import Any, Final

from dashboards import answers, house, variables
from dashboards.layout import row
from dashboards.scope import RANGE, RUN
from rules import names
from rules.signals import answer, several
from rules.signals.signal import Signal

UID: Final = "loadline-home"

START: Final = """\
Give the address of the server under test; `localhost` is understood as this machine:

    TARGET_URL=http://localhost:8000/boards docker compose run --rm k6

or, without Docker:

    loadline run http://localhost:8000/boards

VUs rise; each sends a request, thinks, and starts again. Ten seconds after the first request the run
is on the board *Load test*, and the answer as soon as it can be proven. `docker compose logs -f watch` tells it in a
terminal.

To see **what ran out**, start `loadline exporter` on the server and name it: `SERVER_METRICS=HOST:9101` before
`docker compose run`, or `loadline run --server HOST:9101`.
"""

BOARDS: Final = """\
- [**Load test**](/d/loadline-load-test): how many requests per second can the backend endure, and how do we know?
- [**Server**](/d/loadline-server): which resource ran out?
- [**Generator**](/d/loadline-generator): was k6 the limit?
- [**Runs**](/d/loadline-runs): every run with its answer, and two of them laid over each other.
- [**SLO**](/d/loadline-slo): is what the team promises kept, and from which request rate on is it lost?

Nothing here shows a peak of requests per second as a capacity: refused requests are fast, and a peak of some seconds is
served from queues. The maximum is what was sustained while VUs still rose.
"""


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    panels = [
        *row(0, 4, _last_run(), answers.maximum(_ask), answers.slo_capacity(_ask)),
        *row(4, 3, answers.verdict(_ask), answers.bottleneck(_ask), answers.generator(_ask)),
        *row(
            7,
            11,
            house.text("How do I start a run?", "What to type, with Docker and without.", START),
            house.text("Where do I look?", "The boards, by the question that each answers.", BOARDS),
        ),
    ]
    return house.board(
        "Home",
        UID,
        "The last answer; and what to do when there is no run yet.",
        panels,
        # Hidden, and named as on the other boards: links to them take it along.
        variables=[variables.computed(names.TESTID, several.last(RANGE), variables.OF_TESTID)],
        since="now-7d",
        refresh="30s",
    )


def _ask(signal: Signal) -> str:
    return answer.shown(signal, RANGE, RUN)


def _last_run() -> Any:
    return house.word(
        "Last run",
        "The run that began last in the time range; the answer to it stands beside.",
        several.each(answer.RUN_START, RANGE, RUN),
        names.TESTID,
        no_value="no run yet: see below how to start one",
    )
