"""Who may ask: TLS and passwords, with real certificates and real hashes."""

from __future__ import annotations

import base64
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import bcrypt
import pytest
import requests
import trustme

from exporter.errors import ExporterError
from exporter.web import OPEN, Users
from exporter.webconfig import read_web_config
from tests.certificates import Pair, pair
from tests.exporter.conftest import Serving

TIMEOUT = 10.0
HASH = bcrypt.hashpw(b"open sesame", bcrypt.gensalt(4)).decode()


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    """Three pairs, each of an authority of its own."""
    folder = tmp_path_factory.mktemp("certificates")
    return {name: pair(folder, name, trustme.CA()) for name in ("server", "client", "stranger")}


def config(folder: Path, text: str) -> Path:
    file = folder / "web.yml"
    file.write_text(text)
    return file


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_an_empty_file_lets_everybody_in(tmp_path: Path) -> None:
    assert read_web_config(config(tmp_path, "# nothing yet\n")) is OPEN
    assert OPEN.lets_in(None)


def test_a_password_opens_every_page_and_without_one_none_is(tmp_path: Path, serving: Serving) -> None:
    url = serving([], web=read_web_config(config(tmp_path, f"basic_auth_users:\n  ann: {HASH}\n")))
    for path in ("/metrics", "/healthz", "/"):
        refused = requests.get(url + path, timeout=TIMEOUT)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Basic")
        assert requests.get(url + path, auth=("ann", "open sesame"), timeout=TIMEOUT).status_code == 200


def test_who_is_not_let_in() -> None:
    users = Users({"ann": HASH, "odd": "$2b$10$short"}, bcrypt.checkpw)
    assert users.lets_in(basic("ann", "open sesame"))
    for header in (
        None,
        "",
        "Bearer x",
        "Basic !!!",
        "Basic " + base64.b64encode(b"ann").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        basic("ann", "open"),
        basic("ann", ""),
        basic("ann", "x" * 100),
        basic("bob", "open sesame"),
        basic("odd", "open sesame"),
        basic("", ""),
    ):
        assert not users.lets_in(header), header


def test_a_right_password_is_checked_once_and_a_wrong_one_each_time() -> None:
    checked: list[bytes] = []

    def check(password: bytes, hashed: bytes) -> bool:
        checked.append(password)
        return password == b"right"

    users = Users({"ann": HASH}, check)
    answers = [users.lets_in(basic("ann", word)) for word in ("right", "right", "wrong", "wrong", "right")]
    assert answers == [True, True, False, False, True]
    assert checked == [b"right", b"wrong", b"wrong"]
    assert not users.lets_in(basic("bob", "right"))


def tls(folder: Path, server: Pair, more: str = "") -> Path:
    return config(folder, f"tls_server_config:\n  cert_file: {server.cert}\n  key_file: {server.key}\n{more}")


def asked(url: str, server: Pair, client: Pair | None = None) -> str:
    cert = (str(client.cert), str(client.key)) if client else None
    return requests.get(f"{url}/healthz", verify=server.authority, cert=cert, timeout=TIMEOUT).text


def test_metrics_over_tls(tmp_path: Path, serving: Serving, pairs: dict[str, Pair]) -> None:
    url = serving([], web=read_web_config(tls(tmp_path, pairs["server"])))
    assert url.startswith("https://127.0.0.1:")
    assert asked(url, pairs["server"]) == "ok\n"
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        asked(url, pairs["stranger"])
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http{url.removeprefix('https')}/healthz", timeout=TIMEOUT)


def test_a_client_that_knows_only_old_versions_is_not_let_in(
    tmp_path: Path, serving: Serving, pairs: dict[str, Pair]
) -> None:
    url = urlsplit(serving([], web=read_web_config(tls(tmp_path, pairs["server"], "  min_version: TLS13\n"))))
    old = ssl.create_default_context(cafile=pairs["server"].authority)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection((url.hostname, url.port), TIMEOUT) as plain,
        pytest.raises(ssl.SSLError, match="alert protocol version"),
    ):
        old.wrap_socket(plain, server_hostname="127.0.0.1")


def test_only_a_client_with_a_certificate_of_the_authority_is_let_in(
    tmp_path: Path, serving: Serving, pairs: dict[str, Pair]
) -> None:
    server, client, stranger = pairs["server"], pairs["client"], pairs["stranger"]
    more = f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {client.authority}\n"
    url = serving([], web=read_web_config(tls(tmp_path, server, more)))
    assert asked(url, server, client) == "ok\n"
    for other in (None, stranger):
        with pytest.raises(requests.ConnectionError):
            asked(url, server, other)


def test_a_renewed_certificate_serves_the_next_connection_and_a_broken_one_does_not(
    tmp_path: Path, serving: Serving, pairs: dict[str, Pair], caplog: pytest.LogCaptureFixture
) -> None:
    old, new = pairs["server"], pairs["client"]
    here = Pair(tmp_path / "server.pem", tmp_path / "server.key", "")

    def put(pair: Pair) -> None:
        here.cert.write_bytes(pair.cert.read_bytes())
        here.key.write_bytes(pair.key.read_bytes())

    put(old)
    relative = "tls_server_config: {cert_file: server.pem, key_file: server.key}"
    url = serving([], web=read_web_config(config(tmp_path, relative)))
    assert asked(url, old) == "ok\n"
    put(new)
    assert asked(url, new) == "ok\n"
    here.cert.write_text("gone")
    assert asked(url, new) == "ok\n"
    assert [message.partition(",")[0] for message in caplog.messages] == ["the renewed certificate does not serve"]


def test_a_client_that_never_shakes_hands_holds_nobody_up(
    tmp_path: Path, serving: Serving, pairs: dict[str, Pair]
) -> None:
    url = serving([], web=read_web_config(tls(tmp_path, pairs["server"])))
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), TIMEOUT):
        assert asked(url, pairs["server"]) == "ok\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "line 1, column 2: expected the node content"),
        ("- a", "the file: Input should be a valid dictionary"),
        ("tls: {}", "tls: unknown, or not supported here"),
        ("tls_server_config: {}", "cert_file: is missing; tls_server_config.key_file: is missing"),
        ("tls_server_config: {cert_file: 5, key_file: b}", "tls_server_config.cert_file: Input is not a valid path"),
        ("tls_server_config: {cert_file: a, key_file: b}", "cert_file: {folder}/a: No such file or directory; "),
        ("tls_server_config: {cert_file: web.yml, key_file: web.yml}", "certificate and key do not serve"),
        ("tls_server_config: {cert_file: a, key_file: b, cipher_suites: []}", "cipher_suites: unknown, or not"),
        ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS11}", "should be 'TLS12' or 'TLS13'"),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAnyClientCert}",
            "client_auth_type: ",
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}",
            "client_ca_file: is missing; RequireAndVerifyClientCert needs it; tls_server_config.cert_file: ",
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}",
            "has no effect without a client_auth_type",
        ),
        ("basic_auth_users: {ann: hunter2}", "basic_auth_users.ann: is not a bcrypt hash; make one by: htpasswd"),
        ("basic_auth_users: {ann: }", "basic_auth_users.ann: Input should be a valid string"),
    ],
)
def test_each_mistake_is_told_with_its_place_and_without_what_was_secret(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ExporterError) as refused:
        read_web_config(config(tmp_path, text))
    assert says.format(folder=tmp_path) in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path}/web.yml: ")
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value).replace("'\\n'", "")
