"""The real compose.yaml on a real engine, as a person starts it, and a look at what it does from its own network."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
import yaml

from rules.names import TESTID
from rules.prometheus import Prometheus
from tests.exporter.containers.real_engine import RealEngine

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final[dict[str, dict[str, Any]]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
DOCKERFILE: Final = (ROOT / "compose" / "Dockerfile").read_text("utf-8")
PROMETHEUS_URL: Final = "http://127.0.0.1:9090"
TIMEOUT: Final = 200


def docker_compose(
    *arguments: str, env: Mapping[str, str] | None = None, timeout: float = TIMEOUT
) -> subprocess.CompletedProcess[str]:
    """Exit code 127 where there is no docker. The defaults are those of .env.example, whatever .env says here."""
    try:
        return subprocess.run(
            ["docker", "compose", "--env-file", ".env.example", *arguments],  # noqa: S607 - whichever docker this machine has
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "COMPOSE_ANSI": "never", **(env or {})},
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess([], 127, "", "docker is not installed")


def pinned() -> dict[str, str]:
    """The image by what it is, from the files that pin it."""
    names = {what: SERVICES[what]["image"] for what in ("prometheus", "alertmanager", "k6", "grafana")}
    (base,) = re.findall("^FROM (.*)$", DOCKERFILE, flags=re.MULTILINE)
    return {**names, "python": base}


@dataclass(frozen=True)
class Stack:
    """What `docker compose up` started, in the engine's own network."""

    engine: RealEngine

    def compose(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return docker_compose(*arguments, env={"DOCKER_HOST": f"unix://{self.engine.socket}", **env})

    def logs(self, service: str) -> str:
        return self.compose("logs", "--no-log-prefix", service).stdout

    def container(self, service: str) -> Any:
        (found,) = self.engine.client.containers.list(
            all=True, filters={"label": f"com.docker.compose.service={service}"}
        )
        return found

    def state(self, service: str) -> str:
        """``healthy``, or ``exited 0`` and its like."""
        state = self.container(service).attrs["State"]
        return str(state.get("Health", {}).get("Status") or f"{state['Status']} {state['ExitCode']}")

    def starts(self, service: str) -> int:
        """How often the engine started it again."""
        return int(self.container(service).attrs["RestartCount"])

    def user(self, service: str) -> int:
        """The uid that it runs as."""
        status = self.container(service).exec_run(["grep", "^Uid:", "/proc/1/status"]).output.decode()
        return int(status.split()[1])

    def get(self, url: str, **options: Any) -> Any:
        """The JSON at a published port."""
        with self.engine.reached():
            reply = requests.get(url, timeout=10, **options)
        reply.raise_for_status()
        return reply.json()

    def query(self, promql: str, by: str = TESTID) -> dict[str, float]:
        """Values now, by that label or, where there is none, by instance."""
        params = {"query": promql}
        result = self.get(f"{PROMETHEUS_URL}/api/v1/query", params=params)["data"]["result"]
        return {one["metric"].get(by) or one["metric"].get("instance", ""): float(one["value"][1]) for one in result}

    def prometheus_is_ready(self) -> bool:
        with self.engine.reached():
            return Prometheus(PROMETHEUS_URL).ready()
