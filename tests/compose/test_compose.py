"""compose.yaml and what it mounts: valid, pinned, on loopback, and without a password. No engine is needed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from loadline.stack.binaries import find
from tests.compose.stack import DOCKERFILE, ROOT, SERVICES, docker_compose

TEXT = (ROOT / "compose.yaml").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
EXACT_VERSION = re.compile(r":v?\d+\.\d+\.\d+(-[\w.-]+)?$")
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)
KEPT_FROM_ROOT = {"grafana-password": "must write beside Grafana's database, and for the watcher"}


def test_docker_compose_finds_the_file_valid_with_and_without_load() -> None:
    if docker_compose("version").returncode != 0:
        pytest.skip("docker compose is not installed")
    for profile in ([], ["--profile", "load"], ["--profile", "probe"]):
        done = docker_compose(*profile, "config", "--quiet")
        assert (done.returncode, done.stderr) == (0, "")


def test_up_starts_everything_but_the_load_of_a_server_of_yours() -> None:
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["k6", "probe"]
    assert set(SERVICES) >= {"prometheus", "alertmanager", "grafana", "exporter", "watch", "sample-api", "demo"}


@EVERY_SERVICE
def test_an_image_is_pinned_to_an_exact_version(name: str) -> None:
    assert EXACT_VERSION.search(SERVICES[name]["image"])


def test_the_image_of_our_own_starts_from_an_exact_version_and_does_not_run_as_root() -> None:
    lines = DOCKERFILE.splitlines()
    (base,) = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert EXACT_VERSION.search(base)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]


@EVERY_SERVICE
def test_a_port_is_published_on_loopback_unless_the_user_says_otherwise(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("${BIND_ADDRESS:-127.0.0.1}:")


@EVERY_SERVICE
def test_a_service_is_root_or_tied_to_a_cpu_only_where_that_is_said(name: str) -> None:
    service = SERVICES[name]
    assert str(service.get("user", "")).startswith("0") == (name in KEPT_FROM_ROOT)
    assert re.fullmatch(r"(\$\{\w+:-\})?", service.get("cpuset", ""))


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
    assert not secret.search(EXAMPLE)


def test_the_example_lists_every_knob_with_its_default() -> None:
    used = re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", TEXT)
    shown = re.findall(r"^(\w+)=(.*)$", EXAMPLE, flags=re.MULTILINE)
    assert sorted(shown) == sorted(set(used))  # a knob with two defaults would be there twice
    assert not re.search(r"(?<!\$)\$(\w|\{\w+[^\w:])", TEXT), "a variable without a default"


def test_grafana_and_the_boards_mean_the_same_data_source() -> None:
    provisioned = yaml.safe_load((ROOT / "compose/grafana/provisioning/datasources/prometheus.yaml").read_text())
    assert provisioned["datasources"][0]["uid"] == "loadline-prometheus"
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (ROOT / "compose/grafana/dashboards" / Path(home).name).is_file()


def test_every_scraped_target_is_a_service() -> None:
    folder = ROOT / "compose/prometheus"
    for path in (folder / "targets/compose.yml", folder / "alertmanagers/compose.yml"):
        for group in yaml.safe_load(path.read_text("utf-8")):
            assert {target.partition(":")[0] for target in group["targets"]} <= set(SERVICES)


def test_promtool_accepts_the_configuration_of_prometheus() -> None:
    config = ROOT / "compose" / "prometheus" / "prometheus.yml"
    done = subprocess.run(
        [find("promtool"), "check", "config", config], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_oldest_prometheus_knows_every_flag() -> None:
    asked = [str(find("prometheus")), "--help"]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True).stdout
    known = re.findall(r"--([\w.-]+)", said.replace("[no-]", ""))  # as newer ones mark a switch
    flags = re.findall(r"^--([\w.-]+)", "\n".join(SERVICES["prometheus"]["command"]), flags=re.MULTILINE)
    assert set(flags) <= set(known)
