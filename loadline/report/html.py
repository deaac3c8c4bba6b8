"""From an Answer and its Timeline to one HTML page."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from loadline import part_words
from loadline.report import charts, page, strip, words
from loadline.report.overtime import Figure, in_order
from rules.answer import Answer
from rules.timeline import Timeline


def render(answer: Answer, timeline: Timeline | None, zone: tzinfo | None = None) -> str:
    """The whole page; without a timeline (or with an empty one) it has no charts.

    Times are told in ``zone``, by default that of the machine which renders, with its name beside them.
    """
    drawn = timeline if timeline is not None and timeline.vus.size else None
    return _environment(zone).get_template("report.html").render(
        answer=answer,
        headline=page.headline(answer),
        trust=page.trust(answer),
        facts=page.facts(answer, zone),
        parts=part_words.told(answer),
        counted=page.counted(answer),
        events=in_order(answer),
        notes=() if timeline is None else timeline.notes,
        figures=_figures(answer, drawn),
        span=(answer.window.end - answer.window.start).total_seconds(),
    )  # fmt: skip


def _figures(answer: Answer, timeline: Timeline | None) -> dict[str, Figure | None]:
    makers = {
        "parts": strip.parts_over_time,
        "curve": charts.load_curve,
        "throughput": charts.throughput_over_time,
        "vus": charts.vus_over_time,
        "latency": charts.latency_over_time,
        "failures": charts.failures_over_time,
        "cpu": charts.cpu_over_time,
    }
    return {name: None if timeline is None else make(answer, timeline) for name, make in makers.items()}


def _environment(zone: tzinfo | None) -> Environment:
    environment = Environment(
        loader=PackageLoader("loadline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        rate=words.rate, share=words.share, seconds=words.seconds, status=words.status, verdict=words.verdict,
        sentence=words.sentence, unbroken=words.unbroken, length=words.length, happened=words.happened,
        machine_time=words.machine_time,
        clock=partial(words.clock, zone=zone), day=partial(words.day_and_clock, zone=zone),
    )  # fmt: skip
    environment.globals["measured"] = words.measured
    return environment
