"""``loadline demo``: the whole product on one machine, against a server whose capacity is known."""

from __future__ import annotations

import click

from loadline.commands.options import format_option, store_option

VUS, DURATION, THINK_TIME = 1200, "90s", "1s"
"""Three times the knee of the sample API (400/s × 1.02 s = 408 VUs), reached after a third of the time."""


@click.command(
    short_help="Test a small server of known capacity, in two minutes.", epilog="\b\nExample:\n  loadline demo"
)
@format_option
@store_option
def demo(form: str, store_root: str | None) -> None:
    """Test a small sample API of known capacity, in two minutes: 1,200 VUs in 90 s, on loopback only."""
    from loadline.commands.session import demo_session
    from loadline.options import PLACEHOLDER, parse

    options = parse(url=PLACEHOLDER, vus=VUS, duration=DURATION, think_time=THINK_TIME, full=True)
    demo_session(options, form, store_root)
