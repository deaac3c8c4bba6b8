"""What a load test was asked to be: each mistake is found, all at once, in words that say what to write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from loadline.errors import UsageError
from loadline.options import parse

URL = "http://127.0.0.1:8080/boards"


def refusal(**given: object) -> str:
    """What is said of options that are refused."""
    with pytest.raises(UsageError) as refused:
        parse(**given)
    return str(refused.value)


def test_the_tutorials_test_is_what_a_url_alone_means() -> None:
    assert parse(url=URL).ramp_environment() == {
        "TARGET_URL": URL,
        "VUS": "6000",
        "DURATION": "10m",
        "THINK_TIME": "1",
        "METHOD": "GET",
        "REQUEST_HEADERS": "{}",
        "BODY": "",
    }


def test_each_option_reaches_the_script() -> None:
    headers = ("Content-Type: application/json", "X-Empty:")
    given = parse(
        url=URL, vus=50, duration="1m30s", think_time="250ms", method="post", header=headers, body='{"item": 7}'
    )
    assert given.ramp_environment() == {
        "TARGET_URL": URL,
        "VUS": "50",
        "DURATION": "1m30s",
        "THINK_TIME": "0.25",
        "METHOD": "POST",
        "REQUEST_HEADERS": '{"Content-Type": "application/json", "X-Empty": ""}',
        "BODY": '{"item": 7}',
    }


def test_every_mistake_is_told_at_once() -> None:
    said = refusal(
        url="127.0.0.1:8080", vus=0, duration="10x", think_time="-1s", method="G T", header=("foo",), testid='a"b'
    )
    assert said.split("; ") == [
        "URL: '127.0.0.1:8080' is no URL: write it whole, for example http://127.0.0.1:8080/boards",
        "--vus: 0 is neither a number of VUs from 1 to 1,000,000 nor auto",
        "--duration: '10x' is no duration that k6 can read: write 10m, 90s or 1h30m",
        "--think-time: '-1s' is no duration: write 1s, 500ms or 1m30s",
        "--method: 'G T' is no HTTP method: write GET, POST or another",
        "--header: 'foo' is no header: write 'Name: value'",
        "--testid: 'a\"b' cannot be a testid: letters, digits and . _ : @ + - only, 100 at most",
    ]


@pytest.mark.parametrize(
    "url", ["/boards", "ftp://h/", "http://", "http:///x", "http://h:0/", "http://h/a b", "http://h/\n"]
)
def test_what_is_no_whole_http_url_is_refused(url: str) -> None:
    assert refusal(url=url).startswith(f"URL: {url!r} is no URL: write it whole")


@pytest.mark.parametrize(
    ("url", "why"), [("http://h:99999/", "Port out of range"), ("http://[::1", "Invalid IPv6 URL")]
)
def test_a_url_that_cannot_be_read_is_refused_with_the_reason(url: str, why: str) -> None:
    assert f"({why}" in refusal(url=url)


@pytest.mark.parametrize(
    "url", ["https://api.example.com", "http://[::1]:8080/", "http://h/ä?q=1&r=%20", "http://u:p@h/"]
)
def test_any_whole_http_url_is_taken(url: str) -> None:
    assert parse(url=url).url == url


def test_a_password_in_the_url_is_not_shown() -> None:
    assert parse(url="http://ann:secret@h:8080/boards").target == "http://h:8080/boards"
    assert parse(url="http://h/users/@ann").target == "http://h/users/@ann"
    assert parse(script="shop.js").target == "shop.js"


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1.0), ("500ms", 0.5), ("1m30s", 90.0), ("2", 2.0), ("0.25", 0.25), ("0", 0.0)]
)
def test_think_time_may_be_a_duration_plain_seconds_or_none_at_all(text: str, seconds: float) -> None:
    assert parse(url=URL, think_time=text).think_time == seconds
    assert parse(url=URL, think_time=text).ramp_environment()["THINK_TIME"] == f"{seconds:g}"


@pytest.mark.parametrize("text", ["", "10", "10 m", "1e3s", "-5m", "10m!", "inf"])
def test_a_duration_that_k6_cannot_read_is_refused(text: str) -> None:
    assert refusal(url=URL, vus=5, duration=text).startswith(f"--duration: {text!r} is no duration that k6 can read")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"max_rate": 0.5}, "--max-rate: must be greater than or equal to 1"),
        ({"max_vus": 0}, "--max-vus: must be greater than 0"),
        ({"scaler_reaction": "soon"}, "--scaler-reaction: 'soon' is no duration"),
        ({"vus": "many"}, "--vus: 'many' is neither a number of VUs from 1 to 1,000,000 nor auto"),
        ({"max_rate": float("inf")}, "--max-rate: must be a finite number"),
        ({"max_rate": float("nan")}, "--max-rate: must be a finite number"),
        ({"scaler_reaction": "9" * 400}, "--scaler-reaction: must be a finite number"),
    ],
)
def test_a_number_is_one_that_a_run_can_keep(given: dict[str, object], said: str) -> None:
    assert refusal(url=URL, **given).startswith(said)


@pytest.mark.parametrize(("vus", "finds"), [(None, True), ("auto", True), ("50", False), (50, False)])
def test_a_run_finds_its_own_range_unless_it_is_told(vus: object, finds: bool) -> None:
    options = parse(url=URL, vus=vus)
    assert options.finds_its_range is finds
    assert options.ramp_environment()["VUS"] == ("6000" if finds else "50")


def test_no_time_at_all_is_no_duration_and_no_latency_limit() -> None:
    assert refusal(url=URL, vus=5, duration="0s") == "--duration: must be longer than 0s"
    assert refusal(url=URL, latency_limit="0s") == "--latency-limit: must be greater than 0"
    assert parse(url=URL, latency_limit="300ms").objective.latency_seconds == 0.3


@pytest.mark.parametrize("testid", ['a"b', "a'b", "a}", "{a", "a\nb", "a b", "a\\", "a/b", "", ".a", "a" * 101, "é"])
def test_a_testid_that_could_end_a_promql_string_or_a_path_is_refused(testid: str) -> None:
    assert refusal(url=URL, testid=testid).startswith(f"--testid: {testid!r} cannot be a testid")


@pytest.mark.parametrize("testid", ["a", "boards-2026-11-20T10:00:00+09:00", "v1.2_rc@main", "a" * 100])
def test_a_testid_of_plain_characters_is_taken(testid: str) -> None:
    assert parse(url=URL, testid=testid).testid == testid


@pytest.mark.parametrize("header", ["foo", ": value", "na me: value", "a: b\nc: d", "a: b\r", "a: \x00"])
def test_a_header_that_would_break_the_request_is_refused(header: str) -> None:
    assert refusal(url=URL, header=(header,)) == f"--header: {header!r} is no header: write 'Name: value'"


def test_a_headers_value_may_hold_colons_tabs_and_any_letters() -> None:
    sent = parse(url=URL, header=("Referer: http://h:1/a", "X-Name: Jürg\tB")).ramp_environment()["REQUEST_HEADERS"]
    assert sent == '{"Referer": "http://h:1/a", "X-Name": "J\\u00fcrg\\tB"}'


@pytest.mark.parametrize(
    "address", ["10.0.1.12", "h:", ":9100", "h:0", "h:65536", "h:²", "h:x", "ftp://h:1", "https://h:1/metrics"]
)
def test_a_server_is_a_host_and_a_port(address: str) -> None:
    assert refusal(url=URL, server=(address,)) == f"--server: {address!r} is no HOST:PORT"


def test_a_server_may_have_tls_and_a_password_and_each_mistake_about_them_is_told(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "password").write_text("open sesame")
    whole = {
        "server_ca_file": tmp_path / "ca.pem",
        "server_username": "ann",
        "server_password_file": tmp_path / "password",
    }
    assert parse(url=URL, server=("https://h:1",), **whole).server == ("https://h:1",)
    assert refusal(url=URL, **whole) == (
        "--server-username without --server; --server-password-file without --server; --server-ca-file without --server"
    )
    assert (
        refusal(url=URL, server=("h:1",), **whole) == "--server-ca-file without TLS: write --server https://HOST:PORT"
    )
    belong = "--server-username and --server-password-file belong together"
    for name in ("server_username", "server_password_file"):
        assert refusal(url=URL, server=("h:1",), **{name: whole[name]}) == belong
    wrong = whole | {"server_password_file": tmp_path / "nowhere", "server_ca_file": tmp_path / "password"}
    assert refusal(url=URL, server=("https://h:1",), **wrong) == (
        f"--server-password-file: {tmp_path}/nowhere cannot be read: No such file or directory; "
        f"--server-ca-file: {tmp_path}/password holds no certificate in PEM"
    )


def test_a_password_in_a_servers_address_is_refused_and_not_repeated() -> None:
    said = refusal(url=URL, server=("https://ann:open-sesame@h:1",))
    assert said == "--server: give a user by --server-username, and the password by --server-password-file"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"url": URL}, "boards"),
        ({"url": "http://h/"}, "run"),
        ({"url": "http://h/a/b c%20{d}/".replace(" ", "+")}, "b-c-20-d"),
        ({"script": Path("tests/check out.js")}, "check-out"),
    ],
)
def test_a_run_is_named_after_its_path_or_script_and_the_time(given: dict[str, object], name: str) -> None:
    now = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)
    named = parse(**given).default_testid(now)
    assert named == f"{name}-2026-11-20T10-00-05"
    assert parse(url=URL, testid=named).testid == named


def test_no_variable_of_the_ramp_is_one_that_k6s_outputs_read_without_their_prefix() -> None:
    """Where K6_PROMETHEUS_RW_HEADERS is not set, k6 1.4 and newer takes a bare HEADERS; so for each option."""
    theirs = {"SERVER_URL", "HEADERS", "USERNAME", "PASSWORD", "BEARER_TOKEN", "PUSH_INTERVAL", "TREND_STATS"}
    assert not theirs & parse(url=URL).ramp_environment().keys()


def test_machines_in_a_prometheus_of_ones_own_may_be_named_by_matchers() -> None:
    told = parse(url=URL, prometheus_url="http://h:9090", server_selector='{job="node", team="a"}')
    assert (told.roles.server, told.roles.generator) == ('job="node", team="a"', None)
    assert refusal(url=URL, prometheus_url="http://h:9090", generator_selector="job=node").startswith(
        "--generator-selector: 'job=node' are no matchers: write label="
    )
    assert refusal(url=URL, server_selector='a="b"') == (
        "--server-selector without --prometheus-url: the Prometheus of the run itself knows this machine, "
        "and those of --server"
    )
