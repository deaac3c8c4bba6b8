"""The servers that are loaded, each started on a bench with a way to ask how many replies it has given."""

from __future__ import annotations

import re
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from loadline.bench import Bench
from loadline.stack import debian, process
from loadline.stack.binaries import tools_folder
from tests.benchmarks.real.say import say
from tests.real import start_sample_api

TIMEOUT: Final = 5.0
# One process, and nothing but what it takes to answer: no log, and connections that are never closed by it.
_NGINX: Final = """\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 32768; }}
http {{
  access_log off;
  keepalive_requests 4000000000;
  keepalive_timeout 1h;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port} backlog=65535;
    location / {{ return 200 "ok"; }}
    location /stats {{ stub_status; }}
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs; ``served`` asks it for the replies it has given since it was started."""

    url: str
    served: Callable[[], int]


Start = Callable[[Bench], Server]


def sample_api(*options: str) -> Start:
    """The sample API with these options, and service times that are drawn anew at each start.

    With its own seed every run would meet the same lucky or unlucky stretch of them.
    """

    def start(bench: Bench) -> Server:
        url = start_sample_api(bench, *options, "--seed", str(secrets.randbelow(2**31)))
        return Server(f"{url}/boards", lambda: _told(f"{url}/stats"))

    return start


def closing(bench: Bench) -> Server:
    """The server with the short accept queue."""
    command = [sys.executable, "-m", "tests.benchmarks.real.closing"]
    child = process.start("closing server", command, bench.folder / "closing.log", bench.interrupts, bench.adopt)
    child.until(lambda: "statistics on" in child.tail(), "getting ready")
    url, stats = re.findall(r"http://\S+?(?=,|\s|$)", child.tail())
    return Server(f"{url}/", lambda: _told(stats))


def nginx(core: int) -> Start:
    """nginx on one core, answering from its configuration alone: several times what k6 makes with a core.

    It is one small package and one process, needs nothing compiled, and counts its replies itself.
    """

    def start(bench: Bench) -> Server:
        port = process.free_port()
        (bench.folder / "nginx.conf").write_text(_NGINX.format(port=port))
        command = ["taskset", "--cpu-list", str(core), str(nginx_binary()), "-e", "stderr"]
        command += ["-p", f"{bench.folder}/", "-c", "nginx.conf"]
        child = process.start("nginx", command, bench.folder / "nginx.log", bench.interrupts, bench.adopt)
        url = f"http://127.0.0.1:{port}"
        child.until(lambda: _answers(url), "getting ready")
        return Server(f"{url}/", lambda: _requests(requests.get(f"{url}/stats", timeout=TIMEOUT).text))

    return start


def nginx_binary() -> Path:
    """The machine's own, else the one in Debian's package, unpacked beside Prometheus."""
    found = shutil.which("nginx")
    return Path(found) if found else debian.fetch("nginx", tools_folder(), say) / "usr" / "sbin" / "nginx"


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=TIMEOUT).ok
    except requests.RequestException:
        return False


def _told(url: str) -> int:
    return int(requests.get(url, timeout=TIMEOUT).json()["served"])


def _requests(stub_status: str) -> int:
    """The third of the three counters: accepted, handled, requests."""
    found = re.search(r"^ *\d+ +\d+ +(\d+)", stub_status, re.MULTILINE)
    assert found is not None, stub_status
    return int(found[1])
