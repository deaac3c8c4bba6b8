from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from exporter.containers.engine import SOCKET, Engine, EngineError, default_socket
from exporter.errors import NothingHere
from tests.exporter.containers.fake_engine import FakeEngine, recorded
from tests.exporter.raw_http import Faults, Request, over_unix, reply

API = recorded("api.inspect")["Id"]
FAULTS = ["silence", "cut_off", "nothing", "noise", "binary"]
TIMEOUT = 0.3


def test_what_runs_and_what_it_is_by_get_alone(tmp_path: Path, stack: ExitStack) -> None:
    fake = FakeEngine()
    engine = Engine(stack.enter_context(over_unix(tmp_path / "d.sock", fake)))
    assert {one["Names"][0] for one in engine.running()} == {"/shop-api-1", "/shop-web-1"}
    assert engine.inspect(API) == recorded("api.inspect")
    assert engine.stats(API) == recorded("api.stats")
    assert engine.inspect("gone") is None
    assert engine.stats("gone") is None
    assert {asked.partition(" ")[0] for asked in fake.asked} == {"GET"}
    assert f"GET /v1.41/containers/{API}/stats?stream=False&one-shot=True" in fake.asked


def test_an_older_engine_is_not_asked_for_what_it_does_not_know(tmp_path: Path, stack: ExitStack) -> None:
    fake = FakeEngine()
    fake.answers["/version"] = {"ApiVersion": "1.40"}
    fake.answers[f"/v1.40/containers/{API}/stats"] = recorded("api.stats")
    engine = Engine(stack.enter_context(over_unix(tmp_path / "d.sock", fake)))
    assert engine.stats(API) == recorded("api.stats")
    assert fake.asked[-1] == f"GET /v1.40/containers/{API}/stats?stream=False"


@pytest.mark.parametrize("fault", FAULTS)
def test_an_engine_that_misbehaves_from_the_start_is_an_error(
    fault: str, tmp_path: Path, stack: ExitStack, faults: Faults
) -> None:
    engine = Engine(stack.enter_context(over_unix(tmp_path / "d.sock", getattr(faults, fault))), TIMEOUT)
    with pytest.raises(EngineError, match="Docker's engine did not give its version"):
        engine.running()


@pytest.mark.parametrize("fault", FAULTS)
def test_and_so_is_one_that_does_so_in_the_middle_and_it_is_asked_anew_afterwards(
    fault: str, tmp_path: Path, stack: ExitStack, faults: Faults
) -> None:
    fake, broken = FakeEngine(), [True]

    def answer(request: Request) -> Any:
        return getattr(faults, fault)(request) if broken[0] and "json" in request.path else fake(request)

    engine = Engine(stack.enter_context(over_unix(tmp_path / "d.sock", answer)), TIMEOUT)
    with pytest.raises(EngineError, match="Docker's engine did not give its containers: ") as error:
        engine.running()
    assert "\n" not in str(error.value)
    broken[0] = False
    assert len(engine.running()) == 2


def test_an_engine_that_refuses_is_quoted(tmp_path: Path, stack: ExitStack) -> None:
    fake = FakeEngine()

    def answer(request: Request) -> list[bytes]:
        if request.path == "/version":
            return fake(request)
        return reply(500, '{"message": "layer does not\\nexist"}', "application/json")

    engine = Engine(stack.enter_context(over_unix(tmp_path / "d.sock", answer)))
    with pytest.raises(EngineError, match=r"500 Server Error .*layer does not exist"):
        engine.running()


@pytest.mark.parametrize("said", ["[1, 2]", "{}", "null", '"text"'])
def test_json_of_another_shape_is_an_error(said: str, tmp_path: Path, stack: ExitStack) -> None:
    fake = FakeEngine()

    def answer(request: Request) -> list[bytes]:
        return fake(request) if request.path == "/version" else reply(200, said, "application/json")

    engine = Engine(stack.enter_context(over_unix(tmp_path / "d.sock", answer)))
    with pytest.raises(EngineError):
        engine.inspect(API) if said == "[1, 2]" else engine.running()


def test_no_socket_is_no_docker(tmp_path: Path) -> None:
    with pytest.raises(NothingHere, match="no Docker here: there is no socket"):
        Engine(tmp_path / "d.sock").running()


def test_a_socket_that_nobody_listens_on_is_a_failure(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "d.sock"))
    with pytest.raises(EngineError, match=r"nobody answers on Docker's socket .*: Connection refused"):
        Engine(tmp_path / "d.sock").running()


READ = """
import sys
from pathlib import Path
from exporter.containers.engine import Engine
Engine(Path(sys.argv[1])).running()
"""


def test_a_socket_that_this_user_may_not_use_says_what_to_do(tmp_path: Path, stack: ExitStack) -> None:
    socket = stack.enter_context(over_unix(tmp_path / "d.sock", FakeEngine()))
    socket.chmod(0)
    without_rights: list[str] = []
    if os.geteuid() == 0:  # root may everything, unless it has given that up
        os.chown(socket, 65534, 65534)
        if not shutil.which("setpriv"):
            pytest.skip("giving up root's rights takes setpriv (util-linux)")
        without_rights = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]
    ran = subprocess.run(
        [*without_rights, sys.executable, "-c", READ, str(socket)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert f"NothingHere: this user may not ask Docker: add it to the group of {socket}" in ran.stderr


def test_the_environments_engine_is_taken_where_it_is_this_hosts() -> None:
    assert default_socket({}) == SOCKET
    assert default_socket({"DOCKER_HOST": "unix:///run/user/1000/docker.sock"}) == Path("/run/user/1000/docker.sock")
    with pytest.raises(NothingHere, match="DOCKER_HOST is of another machine"):
        default_socket({"DOCKER_HOST": "tcp://10.0.0.1:2376"})
