"""Everything that can be wrong about a load test, found out before anything starts."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable
from datetime import datetime
from importlib import metadata
from pathlib import Path

from loadline import k6, limits, target
from loadline.data import data
from loadline.errors import UsageError
from loadline.options import SHORT_RUN_SECONDS, RunOptions
from loadline.stack import binaries
from loadline.stack.process import free_port
from loadline.steering.course import Leg
from rules.answer import Plan
from rules.conditions import Conditions
from rules.names import TESTID
from rules.prometheus import Prometheus


def prepare(
    options: RunOptions, binary: Path, now: datetime, say: Callable[[str], None], leg: Leg
) -> tuple[k6.Load, Plan]:
    """The load to be and what k6 says it will do in its first leg; raises UsageError, ScriptError or TargetError."""
    script, env = options.script or data("k6", leg.script), {} if options.script else options.ramp_environment()
    env = {**env, **leg.env}
    read = k6.inspect(binary, script, env)
    local = target.is_local(options.url) if options.url else None
    plan = read.plan.model_copy(update={"local": local, "conditions": _conditions(options, binary)})
    load = k6.Load(
        script=script,
        tags={**read.tags, TESTID: _testid(options, read.tags.get(TESTID), now)},
        env=env,
        push_interval="1s" if leg.name or (plan.seconds or SHORT_RUN_SECONDS) < SHORT_RUN_SECONDS else "5s",
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
    if options.script and k6.taken_by_output(os.environ):
        say(f"the script does not get the variable {k6.HEADERS}: k6 would send it to Prometheus; give it another name")
    return load, plan


def _testid(options: RunOptions, scripts_own: str | None, now: datetime) -> str:
    if scripts_own and options.testid and scripts_own != options.testid:
        raise UsageError(
            f"the script tags itself testid={scripts_own!r}, --testid says {options.testid!r}", "Leave one of them out"
        )
    testid = options.testid or scripts_own or options.default_testid(now)
    return f"{testid}-{options.repetition}" if options.repetition else testid


def _conditions(options: RunOptions, binary: Path) -> Conditions:
    script = options.script
    return Conditions(
        target=None if script else options.target,
        method=None if script else options.method or "GET",
        script=script.name if script else None,
        script_sha256=hashlib.sha256(script.read_bytes()).hexdigest() if script else None,
        think_seconds=None if script else options.think_seconds,
        k6=binaries.k6_version(binary),
        loadline=metadata.version("loadline"),
    )


def recorded_by(plan: Plan, client: Prometheus) -> Plan:
    """``plan`` with the version of the store that records its run."""
    version, _ = client.build()
    if version is None or plan.conditions is None:
        return plan
    told = {"prometheus": ".".join(map(str, version))}
    return plan.model_copy(update={"conditions": plan.conditions.model_copy(update=told)})


def _check_dashboard_port() -> None:
    try:
        socket.create_server(("127.0.0.1", k6.WEB_DASHBOARD_PORT)).close()
    except OSError as error:
        raise UsageError(
            f"port {k6.WEB_DASHBOARD_PORT} of k6's web dashboard is taken",
            "End the other k6 (ss -ltnp shows it), or leave --web-dashboard out",
        ) from error
