"""The edge to Docker's engine, through its SDK: what runs and what it is, by GET alone.

https://docs.docker.com/reference/api/engine/
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from exporter.errors import NothingHere

T = TypeVar("T")

SOCKET: Final = Path("/var/run/docker.sock")
HOST_VARIABLE: Final = "DOCKER_HOST"
UNIX: Final = "unix://"

TIMEOUT_SECONDS: Final = 2.0
"""An idle engine answers within a millisecond; one that was asked for statistics within a second."""
ONE_SHOT_SINCE: Final = (1, 41)
"""The API version from which on it gives statistics without waiting for two readings."""

LONGEST_ERROR: Final = 200


class EngineError(Exception):
    """The engine is there and does not answer as it should."""


def default_socket(environ: Mapping[str, str]) -> Path:
    """Where the environment says that this host's engine is. Raises NothingHere where it names another host's."""
    named = environ.get(HOST_VARIABLE, "")
    if named.startswith(UNIX):
        return Path(named.removeprefix(UNIX))
    if named:
        raise NothingHere(f"{HOST_VARIABLE} is of another machine; --docker-socket PATH names this one's")
    return SOCKET


class Engine:
    """The SDK is imported at the first question, where there is a socket to ask. Safe to ask from several threads."""

    def __init__(self, path: Path | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        """``path`` None is the environment's, else Docker's usual one; ``timeout`` is in seconds."""
        self._given = path
        self._timeout = timeout
        self._client: Any = None

    def running(self) -> list[dict[str, Any]]:
        """Every container that runs, or is restarting, in short. Raises NothingHere where there is no engine.

        All methods raise EngineError where the engine refuses, breaks off, answers garbage or too late.
        """
        found = self._ask("its containers", _running)
        if found is None:
            raise EngineError("what listens on Docker's socket knows no containers: is it an engine?")
        return found

    def inspect(self, container_id: str) -> dict[str, Any] | None:
        """Everything about one container; None where it is gone."""
        return self._ask("a container", lambda client: dict(client.inspect_container(container_id)))

    def stats(self, container_id: str) -> dict[str, Any] | None:
        """What one has used; None where it is gone. Takes up to a second, until the engine itself reads it again."""
        return self._ask("statistics", lambda client: dict(_stats(client, container_id)))

    def _ask(self, what: str, question: Callable[[Any], T]) -> T | None:
        """The answer; None where there is no such thing."""
        client = self._client or self._connect()
        from docker.errors import DockerException, NotFound

        try:
            answer = question(client)
        except NotFound:
            return None
        except (DockerException, OSError, ValueError, TypeError) as error:
            self._client = None  # the next engine on this socket may speak another version
            client.close()
            raise _did_not_give(what, error) from None
        self._client = client
        return answer

    def _connect(self) -> Any:
        path = self._path()
        import docker

        try:
            client = docker.APIClient(base_url=f"{UNIX}{path}", version="auto", timeout=self._timeout)
        except (docker.errors.DockerException, OSError, ValueError, TypeError) as error:
            raise _did_not_give("its version", error) from None
        # A kept connection would break where the engine is restarted between two questions.
        client.headers["Connection"] = "close"
        return client

    def _path(self) -> Path:
        """Where an engine accepts connections; asked beforehand, because the SDK gives all reasons one name."""
        path = self._given or default_socket(os.environ)
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(self._timeout)
            try:
                door.connect(str(path))
            except FileNotFoundError:
                raise NothingHere(f"no Docker here: there is no socket {path}") from None
            except PermissionError:
                raise NothingHere(
                    f"this user may not ask Docker: add it to the group of {path} "
                    "(usermod --append --groups docker USER)"
                ) from None
            except OSError as error:
                raise EngineError(f"nobody answers on Docker's socket {path}: {error.strerror or error}") from None
        return path


def _running(client: Any) -> list[dict[str, Any]]:
    found = client.containers()
    if not isinstance(found, list):
        raise TypeError(f"a list was expected, and {type(found).__name__} came")
    return [dict(one) for one in found]


def _stats(client: Any, container_id: str) -> dict[str, Any]:
    version = tuple(int(part) for part in client.api_version.split("."))
    one_shot = True if version >= ONE_SHOT_SINCE else None
    return dict(client.stats(container_id, stream=False, one_shot=one_shot))


def _did_not_give(what: str, error: Exception) -> EngineError:
    told = " ".join(str(error).split())[:LONGEST_ERROR]
    return EngineError(f"Docker's engine did not give {what}: {type(error).__name__}: {told}")
