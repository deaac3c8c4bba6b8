"""compose.yaml and what it mounts: valid, pinned, on loopback, and without a password. No engine is needed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadline.stack.binaries import find

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "compose.yaml").read_text("utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
EXACT_VERSION = re.compile(r":v?\d+\.\d+\.\d+(-[\w.-]+)?$")
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)


def _docker_compose(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["docker", "compose", *arguments],  # noqa: S607 - whichever docker this machine has
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess([], 127, "", "docker is not installed")


def test_docker_compose_finds_the_file_valid_with_and_without_load() -> None:
    if _docker_compose("version").returncode != 0:
        pytest.skip("docker compose is not installed")
    for profile in ([], ["--profile", "load"]):
        done = _docker_compose(*profile, "--env-file", ".env.example", "config", "--quiet")
        assert (done.returncode, done.stderr) == (0, "")


def test_up_starts_everything_but_the_load() -> None:
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["k6"]
    assert set(SERVICES) >= {"prometheus", "grafana", "exporter", "watch", "sample-api"}


@EVERY_SERVICE
def test_an_image_is_pinned_to_an_exact_version(name: str) -> None:
    assert EXACT_VERSION.search(SERVICES[name]["image"])


def test_the_image_of_our_own_starts_from_an_exact_version_and_does_not_run_as_root() -> None:
    lines = (ROOT / "compose" / "Dockerfile").read_text("utf-8").splitlines()
    (base,) = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert EXACT_VERSION.search(base)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]


@EVERY_SERVICE
def test_a_port_is_published_on_loopback_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("127.0.0.1:")


@EVERY_SERVICE
def test_a_service_is_bounded_and_may_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@EVERY_SERVICE
def test_what_keeps_running_says_whether_it_is_healthy(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) == (service["restart"] != "no")


@EVERY_SERVICE
def test_no_password_is_written_down(name: str) -> None:
    secret = re.compile("PASSWORD|TOKEN|SECRET")
    given = SERVICES[name].get("environment", {})
    assert all(key.endswith("__FILE") for key in given if secret.search(key))
    assert not secret.search((ROOT / ".env.example").read_text("utf-8"))


def test_the_example_lists_every_knob_with_its_default() -> None:
    used = dict(re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", TEXT))
    shown = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), flags=re.MULTILINE))
    assert shown == used


def test_grafana_and_the_boards_mean_the_same_data_source() -> None:
    provisioned = yaml.safe_load((ROOT / "compose/grafana/provisioning/datasources/prometheus.yaml").read_text())
    assert provisioned["datasources"][0]["uid"] == "loadline-prometheus"
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (ROOT / "compose/grafana/dashboards" / Path(home).name).is_file()


def test_every_scraped_target_is_a_service() -> None:
    for path in (ROOT / "compose/prometheus/targets").glob("*.yml"):
        for group in yaml.safe_load(path.read_text("utf-8")):
            assert {target.partition(":")[0] for target in group["targets"]} <= set(SERVICES)


def test_promtool_accepts_the_configuration_of_prometheus() -> None:
    config = ROOT / "compose" / "prometheus" / "prometheus.yml"
    done = subprocess.run(
        [find("promtool"), "check", "config", config], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
