"""The board "Generator": was the load generator the limit?"""

from __future__ import annotations

from typing import Any, Final

from dashboards import answers, house, parts, variables
from dashboards.layout import row
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from dashboards.scope import BY_CORE, BY_MACHINE, GENERATORS, RANGE, RUN, WINDOW
from rules import names
from rules.resources import LOCAL_PORTS
from rules.signals import answer, host, k6, machine, pulse
from rules.signals.failures import UNSENT
from rules.signals.load import DROPPED_ITERATIONS, ITERATIONS, VUS, VUS_MAX
from rules.signals.signal import Signal

UID: Final = "loadline-generator"
NOBODY: Final = "no machine with role generator is scraped"
SILENT_K6: Final = "k6 1.2 and later tell it, where it has an address (loadline run gives it one)"

HOW_TO_READ = """\
A generator that is short of CPU makes a server look slow. What clears it, or not, in this order:

1. Its **pulse**: the time outside requests does not depend on the server. Level: k6 is innocent. Rising with the VUs:
   it is k6 that takes longer.
2. Its **CPU**: all cores below 90 %, no single one at 95 %.
3. What it **could not do**: iterations dropped, requests that never left, VUs that were planned and never seen.
"""


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    panels = [
        *row(
            0,
            6,
            answers.generator(lambda signal: answer.shown(signal, RANGE, RUN)),
            house.text("How to read this board", "The order in which the panels clear the generator.", HOW_TO_READ),
            widths=(6, 18),
        ),
        *row(6, 9, _pulse(), _vus(), _dropped()),
        *row(15, 8, _cpu(), _cores(), _own_cpu()),
        *row(23, 8, _unsent(), _ports(), _files(), _memory()),
    ]
    return house.board(
        "Generator",
        UID,
        "Was the load generator the limit? Then the maximum is only a lower bound.",
        panels,
        variables=[variables.run(), variables.machines(host.GENERATOR)],
        annotations=parts.events(),
    )


def _rate(signal: Signal) -> str:
    return signal.rate(WINDOW, RUN)


def _pulse() -> Any:
    whole = VUS.inside(WINDOW, RUN)
    return house.time_series(
        "Does k6 itself take longer under load?",
        "Time per iteration that no request took: the script's own work and sleep. Level: the generator kept up. "
        "Rising with the VUs: it was short of CPU.",
        "s",
        [Line(f"{pulse.outside_requests(WINDOW, RUN)} and on () {whole}", "outside requests", PURPLE)],
        no_value="k6 sends no native histograms: docs/boards.md says how to turn them on",
    )


def _vus() -> Any:
    planned = answer.level(answer.PLANNED_VUS, RANGE, VUS.live(RUN), RUN)
    return house.time_series(
        "Are the planned VUs there?",
        "VUs at work, those that k6 has made ready, and (dashed) the most that the script plans. Ready ones that stay "
        "below the plan: k6 could not make them.",
        "short",
        [
            Line(VUS.live(RUN), "at work", GREEN),
            Line(VUS_MAX.live(RUN), "ready", SKY),
            Line(planned, "planned", GREY, dashed=True),
        ],
        no_value="no test of this name in this time range",
    )


def _dropped() -> Any:
    return house.time_series(
        "Are iterations dropped?",
        "Iterations that k6 could not start in time, beside those that it made. Only scripts with arrival rates drop "
        "any: give them more VUs, or k6 more CPU.",
        "short",
        [
            Line(_rate(ITERATIONS), "made/s", GREEN),
            Line(_rate(DROPPED_ITERATIONS), "dropped/s", VERMILION),
        ],
        no_value="no test of this name in this time range",
    )


def _cpu() -> Any:
    return house.time_series(
        "How busy is the generator's CPU?",
        "Busy share of all cores of each machine that makes load. Above 90 % its timings inflate.",
        "percentunit",
        [Line(host.cpu_ratio(WINDOW, GENERATORS), BY_MACHINE, ORANGE)],
        no_value=NOBODY,
        maximum=1,
        limit=0.9,
    )


def _cores() -> Any:
    return house.time_series(
        "Is one of its cores the limit?",
        "Busy share of each core. One at 95 % holds k6 up though the others idle: it is pinned, or serves all "
        "interrupts.",
        "percentunit",
        [Line(machine.busy_cores(WINDOW, GENERATORS), BY_CORE, ORANGE)],
        no_value=NOBODY,
        maximum=1,
        limit=0.95,
    )


def _own_cpu() -> Any:
    return house.time_series(
        "How much CPU does k6 itself use?",
        "Cores that k6 keeps busy, and (dashed) those that it may use. Where both meet, k6 is the limit.",
        "short",
        [
            Line(k6.CPU.rate(WINDOW, RUN), f"busy {BY_MACHINE}", ORANGE),
            Line(k6.CORES.value(RUN), f"may use {BY_MACHINE}", GREY, dashed=True),
        ],
        no_value=SILENT_K6,
    )


def _unsent() -> Any:
    return house.time_series(
        "Do requests get no reply?",
        "Requests per second that got no reply at all, by k6's error code. 1213: the connection could not be opened "
        "for want of local ports or open files, so they never left.",
        "reqps",
        [Line(_rate(UNSENT), f"error {{{{{names.ERROR_CODE}}}}}", VERMILION)],
        no_value="every request got a reply",
    )


def _ports() -> Any:
    return house.time_series(
        "How many local ports are taken?",
        "By open connections and those closed a moment ago. Linux gives 28,232 unless told otherwise (dashed).",
        "short",
        [Line(machine.ports_in_use(GENERATORS), BY_MACHINE, BLUE)],
        no_value=NOBODY,
        limit=float(LOCAL_PORTS),
    )


def _files() -> Any:
    return house.time_series(
        "How near is k6 to its limit of open files?",
        "Each connection is an open file. Dashed: what it may open (ulimit -n).",
        "short",
        [
            Line(k6.OPEN_FILES.value(RUN), f"open {BY_MACHINE}", BLUE),
            Line(k6.FILES_LIMIT.value(RUN), f"may open {BY_MACHINE}", GREY, dashed=True),
        ],
        no_value=SILENT_K6,
    )


def _memory() -> Any:
    return house.time_series(
        "How much memory does k6 use?",
        "k6 grows with its VUs; beside it (right axis) how much of the machine's memory is used. Swapping makes every "
        "timing wrong.",
        "bytes",
        [
            Line(k6.MEMORY.value(RUN), f"k6 {BY_MACHINE}", ORANGE),
            Line(host.memory_ratio(GENERATORS), f"machine {BY_MACHINE}", BLUE, unit="percentunit"),
        ],
        no_value=NOBODY,
    )
