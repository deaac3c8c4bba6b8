"""Everything that can be wrong about a load test, found out before anything starts."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from loadline import k6, limits, target
from loadline.data import data
from loadline.errors import UsageError
from loadline.options import SHORT_RUN_SECONDS, RunOptions
from loadline.stack.process import free_port
from rules.names import TESTID


def prepare(options: RunOptions, binary: Path, now: datetime, say: Callable[[str], None]) -> tuple[k6.Load, k6.Plan]:
    """The load to be and what k6 says it will do; raises UsageError, ScriptError or TargetError."""
    script, env = (options.script, {}) if options.script else (data("k6", "ramp.js"), options.ramp_environment())
    plan = k6.inspect(binary, script, env)
    if env:  # k6 adds the time it gives VUs to stop; here the ramp's own length is known
        plan = replace(plan, total_seconds=k6.go_seconds(env["DURATION"]))
    load = k6.Load(
        script=script,
        tags={**plan.tags, TESTID: _testid(options, plan, now)},
        env=env,
        push_interval="1s" if (plan.total_seconds or SHORT_RUN_SECONDS) < SHORT_RUN_SECONDS else "5s",
        web_dashboard=options.web_dashboard,
        api_address=f"127.0.0.1:{free_port()}",
    )
    if options.web_dashboard:
        _check_dashboard_port()
    if options.url:
        target.check(options.url)
    shortfall = limits.raise_open_files(plan.max_vus or 0)
    if shortfall:
        say(shortfall)
    return load, plan


def _testid(options: RunOptions, plan: k6.Plan, now: datetime) -> str:
    scripts_own = plan.tags.get(TESTID)
    if scripts_own and options.testid and scripts_own != options.testid:
        raise UsageError(
            f"the script tags itself testid={scripts_own!r}, --testid says {options.testid!r}", "Leave one of them out"
        )
    return options.testid or scripts_own or options.default_testid(now)


def _check_dashboard_port() -> None:
    try:
        socket.create_server(("127.0.0.1", k6.WEB_DASHBOARD_PORT)).close()
    except OSError as error:
        raise UsageError(
            f"port {k6.WEB_DASHBOARD_PORT} of k6's web dashboard is taken",
            "End the other k6 (ss -ltnp shows it), or leave --web-dashboard out",
        ) from error
