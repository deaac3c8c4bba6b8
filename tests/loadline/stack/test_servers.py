"""An exporter on the server under test, with TLS and a password, as the Prometheus of a run scrapes it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import bcrypt
import pytest
import requests
import trustme

from loadline.bench import Bench
from loadline.errors import TargetError
from loadline.k6 import Load
from loadline.options import RunOptions, parse
from loadline.stack import process, servers
from loadline.stack.recorder import PATIENCE
from loadline.stack.store import open_store
from rules.names import ROLE, TESTID
from rules.prometheus import Prometheus
from tests.certificates import pair

SESAME = "open sesame"
WEB = """
tls_server_config: {{cert_file: {cert}, key_file: {key}}}
basic_auth_users: {{ann: {hashed}}}
"""


@pytest.fixture
def guarded(bench: Bench, tmp_path: Path) -> str:
    """The address of an exporter with TLS and a password; beside it are ``server.ca`` and another authority's."""
    server = pair(tmp_path, "server", trustme.CA())
    trustme.CA().cert_pem.write_to_path(tmp_path / "stranger.ca")
    (tmp_path / "password").write_text(f"{SESAME}\n")
    (tmp_path / "wrong").write_text("open barley\n")
    hashed = bcrypt.hashpw(SESAME.encode(), bcrypt.gensalt(4)).decode()
    (tmp_path / "web.yml").write_text(WEB.format(cert=server.cert, key=server.key, hashed=hashed))
    address = f"127.0.0.1:{process.free_port()}"
    command = [sys.executable, "-m", "loadline", "exporter", "--listen", address]
    command += ["--web.config.file", str(tmp_path / "web.yml"), "--node-exporter", "none"]
    child = process.start("guarded", command, tmp_path / "guarded.log", bench.interrupts, bench.adopt)
    child.until(lambda: "listening on" in child.said(), "getting ready")
    return address


def given(server: str, folder: Path, authority: str = "server.ca", password: str = "password") -> RunOptions:  # noqa: S107 - a file's name
    """The options of a run; the load itself is never made."""
    return parse(
        url="http://10.0.1.12/",
        server=(server,),
        server_ca_file=folder / authority,
        server_username="ann",
        server_password_file=folder / password,
    )


def opened(options: RunOptions, bench: Bench) -> Prometheus:
    load = Load(Path("never.js"), {TESTID: "never"})
    return open_store(options, bench, load, lambda _: None, PATIENCE).client


def test_it_is_scraped_as_the_server_and_the_password_stays_in_its_file(
    guarded: str, bench: Bench, tmp_path: Path
) -> None:
    client = opened(given(f"https://{guarded}", tmp_path), bench)
    (up,) = client.instant(f'up{{job="{servers.JOB}"}}', time.time())
    assert (up["metric"]["instance"], up["metric"][ROLE], up["value"][1]) == (guarded, "server", "1")
    shown = requests.get(f"{client.url}/api/v1/status/config", timeout=10).text
    assert str(tmp_path / "password") in shown
    written = [file.read_bytes() for file in bench.folder.rglob("*") if file.is_file()]
    assert not any(SESAME.encode() in content for content in written)


@pytest.mark.parametrize(
    ("authority", "password", "why"),
    [
        ("server.ca", "wrong", "401 Unauthorized"),
        ("stranger.ca", "password", "certificate signed by unknown authority"),
    ],
)
def test_one_that_cannot_be_scraped_is_told_in_prometheuss_words(
    authority: str, password: str, why: str, guarded: str, bench: Bench, tmp_path: Path
) -> None:
    with pytest.raises(TargetError) as told:
        opened(given(f"https://{guarded}", tmp_path, authority, password), bench)
    said = f"{told.value.message} {told.value.hint}"
    assert said.startswith(f"--server https://{guarded} cannot be scraped: ")
    assert why in said
    assert "--server-password-file" in said
    assert "open barley" not in said


def test_nobody_there_is_told_before_any_load(bench: Bench) -> None:
    nobody = f"127.0.0.1:{process.free_port()}"
    with pytest.raises(TargetError, match=f"--server {nobody} cannot be scraped: .*connection refused"):
        opened(parse(url="http://10.0.1.12/", server=(nobody,)), bench)
