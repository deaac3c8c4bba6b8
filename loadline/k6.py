"""The only place that knows how to ask, start, watch and stop a k6 process (1.0 to 2.x)."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import requests

from loadline.errors import K6Error, ScriptError
from loadline.schedule import planned
from rules.answer import Plan

INSPECT_SECONDS = 60.0
STATUS_ENDED = 9
"""k6: lib/execution.go, ExecutionStatusEnded; 10 is interrupted."""
WEB_DASHBOARD_PORT = 5665
HEADERS = "HEADERS"
_NO_REPLY = re.compile(r'msg="Request Failed" error="((?:[^"\\]|\\.)*)"')
_REQUEST = re.compile(r'^\w+ "(?:[^"\\]|\\.)*": ')
"""Method and URL before a reason: they are no news."""
_LOCAL_PORT = re.compile(r":\d+->")
_MESSAGE = re.compile(r'level=error msg="((?:[^"\\]|\\.)*)"')


class Ending(Enum):
    """What k6's exit code says of a run (k6: errext/exitcodes/codes.go)."""

    FINISHED = "finished"
    STOPPED = "stopped"
    BROKEN = "broken"


ENDINGS: Mapping[int, Ending] = {
    0: Ending.FINISHED,
    99: Ending.FINISHED,  # a threshold of the script's did not hold: an answer, not an error
    110: Ending.FINISHED,  # the script marked itself failed, and ran to its end
    103: Ending.STOPPED,  # by the REST API
    105: Ending.STOPPED,  # by a signal
    108: Ending.STOPPED,  # by the script's own test.abort()
}


@dataclass(frozen=True)
class Inspected:
    """What ``k6 inspect`` says of a script."""

    tags: Mapping[str, str]
    plan: Plan


@dataclass(frozen=True)
class Load:
    """One k6 run to be: script, its environment variables, and run-wide tags."""

    script: Path
    tags: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict)
    push_interval: str = "5s"
    web_dashboard: bool = False
    api_address: str = ""
    """host:port of k6's REST API; free, on loopback."""


def inspect(binary: Path, script: Path, env: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> Inspected:
    """Read the script as ``k6 run`` will, with the same variables; raises ScriptError with k6's own words."""
    if not script.is_file():
        raise ScriptError(f"there is no script {script}", "Check the path given to --script")
    command = [str(binary), "inspect", "--execution-requirements", "--include-system-env-vars", str(script)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=INSPECT_SECONDS,
            env={**environ, **env, **taken_by_output(environ)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ScriptError(f"k6 did not read {script} within {INSPECT_SECONDS:.0f} s") from None
    if done.returncode != 0:
        raise ScriptError(f"k6 cannot read {script}: {own_words(done.stderr) or f'code {done.returncode}'}")
    options = json.loads(done.stdout)
    return Inspected(tags=options.get("tags") or {}, plan=planned(options))


def command(binary: Path, load: Load) -> list[str]:
    """The command line. ``--tag`` replaces a script's own tags wholesale, so ``load.tags`` must hold them too."""
    tags = [part for key, value in sorted(load.tags.items()) for part in ("--tag", f"{key}={value}")]
    api = ["--address", load.api_address] if load.api_address else []
    return [
        str(binary),
        "run",
        "--quiet",
        "--no-color",
        *api,
        "-o",
        "experimental-prometheus-rw",
        *tags,
        str(load.script),
    ]


def pattern(load: Load) -> str:
    """A regular expression that the command line of this k6 has in it, and no other process's; without spaces."""
    return rf"--address\s{re.escape(load.api_address)}(\s|$)"


def environment(load: Load, prometheus_url: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables k6 gets on top of ours, which are ``environ``."""
    env = {
        **load.env,
        **taken_by_output(environ),
        "K6_PROMETHEUS_RW_SERVER_URL": f"{prometheus_url}/api/v1/write",
        "K6_PROMETHEUS_RW_PUSH_INTERVAL": load.push_interval,
        "K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": "true",
        "K6_PROMETHEUS_RW_STALE_MARKERS": "true",  # no ghost of the run in "now" queries after its end
        "K6_NO_USAGE_REPORT": "true",
    }
    if load.web_dashboard:
        env |= {
            "K6_WEB_DASHBOARD": "true",
            "K6_WEB_DASHBOARD_HOST": "127.0.0.1",
            "K6_WEB_DASHBOARD_PORT": str(WEB_DASHBOARD_PORT),
        }
    return env


def taken_by_output(environ: Mapping[str, str]) -> dict[str, str]:
    """Those of the shell's variables that k6's output to Prometheus would take for options of its own, emptied.

    That is HEADERS, from k6 1.4 on: all its other options have their prefix (seen with 1.8.1). The output sends them
    to Prometheus, and where they are no list of headers k6 does not start. k6 has one environment for its outputs
    and its script, so the script does not get it either.
    """
    return {HEADERS: ""} if environ.get(HEADERS) else {}


def load_ended(api_address: str) -> bool:
    """Whether the load is over though the process is not: it waits while a browser holds its web dashboard open."""
    try:
        told = requests.get(f"http://{api_address}/v1/status", timeout=2.0).json()
        return int(told["data"]["attributes"]["status"]) >= STATUS_ENDED
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return False


def ask_to_stop(api_address: str) -> bool:
    """Ask k6 to end its load now, without an error of its own; whether it took the request."""
    attributes = {"stopped": True}
    asked = {"data": {"type": "status", "id": "default", "attributes": attributes}}
    try:
        return requests.patch(f"http://{api_address}/v1/status", json=asked, timeout=2.0).ok
    except requests.RequestException:
        return False


def ending(code: int, log: str) -> Ending:
    """How a run ended; raises K6Error with k6's own words when the fault was k6's or the script's."""
    told = ENDINGS.get(code, Ending.BROKEN)
    if told is not Ending.BROKEN:
        return told
    hints = {
        104: "Correct the script's options",
        106: "Another process took k6's REST port at that moment: run again",
        107: "Correct the script",
        -9: "It was killed: out of memory? Use fewer VUs, or a larger machine",
    }
    words = own_words(log) or log.strip().rpartition("\n")[2] or "it said nothing"
    raise K6Error(f"k6 ended with code {code}: {words}", hints.get(code, "Its log is in the run's folder"))


def own_words(log: str) -> str:
    """The last error in k6's log, in its own words and on one line."""
    found = _MESSAGE.findall(log)
    return _unquoted(found[-1]) if found else ""


def why_no_reply(log: str) -> str:
    """What k6's log gives most often as the reason that a request had no reply, on one line; "" where it gives none."""
    reasons = (_REQUEST.sub("", _unquoted(words)) for words in _NO_REPLY.findall(log))
    seen = Counter(_LOCAL_PORT.sub("->", one) for one in reasons)
    return seen.most_common(1)[0][0] if seen else ""


def _unquoted(words: str) -> str:
    """What stands between the quotation marks of a value in k6's log, on one line."""
    return " ".join(re.sub(r"\\(.)", lambda escape: " " if escape[1] in "nrt" else escape[1], words).split())
