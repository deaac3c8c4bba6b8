from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadline.sample_api.http import BODY_LIMIT, HEAD_LIMIT, BadRequest, Request, parse, reply

GET = b"GET /boards?page=2 HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n"
POST = b"POST /boards HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nhello"


def test_a_get_is_read_and_what_follows_is_left_alone() -> None:
    assert parse(GET + b"GET /ne") == Request("GET", "/boards", keep_alive=True, size=len(GET))


def test_a_post_takes_its_body_with_it() -> None:
    assert parse(POST + GET) == Request("POST", "/boards", keep_alive=True, size=len(POST))


@pytest.mark.parametrize("whole", [GET, POST, b"\r\n" + GET])
def test_an_unfinished_request_is_waited_for_at_every_byte(whole: bytes) -> None:
    assert [parse(whole[:length]) for length in range(len(whole))] == [None] * len(whole)
    assert parse(whole) is not None


def test_a_proxys_client_sends_the_whole_url() -> None:
    request = parse(b"GET http://10.0.0.1:8080/boards?x=1 HTTP/1.1\r\nHost: a\r\n\r\n")
    assert request is not None
    assert request.path == "/boards"


@pytest.mark.parametrize(
    ("version", "connection", "keep_alive"),
    [
        ("1.1", "", True),
        ("1.1", "Connection: close\r\n", False),
        ("1.1", "Connection: Foo, CLOSE\r\n", False),
        ("1.0", "", False),
        ("1.0", "Connection: keep-alive\r\n", True),
    ],
)
def test_keep_alive_follows_version_and_header(version: str, connection: str, keep_alive: bool) -> None:
    request = parse(f"GET / HTTP/{version}\r\nHost: a\r\n{connection}\r\n".encode())
    assert request is not None
    assert request.keep_alive is keep_alive


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01",  # the start of TLS
        b"hello\r\n",
        b"GET /\r\n",
        b"GET / HTTP/1.1\n",
        b"PRI * HTTP/2.0\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",  # no Host
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_garbage_is_a_bad_request(data: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(data)
    assert refused.value.status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Transfer-Encoding: chunked", HTTPStatus.NOT_IMPLEMENTED),
        (b"Content-Length: %d" % (BODY_LIMIT + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b"Content-Length: " + b"9" * 5000, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b"X: " + b"a" * HEAD_LIMIT, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    ],
)
def test_what_is_not_served_has_its_own_status(header: bytes, status: HTTPStatus) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(b"POST / HTTP/1.1\r\nHost: a\r\n" + header + b"\r\n\r\n")
    assert refused.value.status == status


def test_a_head_without_end_is_refused_when_it_is_too_long() -> None:
    with pytest.raises(BadRequest):
        parse(b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_LIMIT)


@given(st.binary(max_size=200), st.sampled_from([b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n"]))
def test_any_bytes_are_a_request_or_unfinished_or_bad(data: bytes, start: bytes) -> None:
    try:
        request = parse(start + data + b"\r\n\r\n")
    except BadRequest:
        return
    assert request is None or 0 < request.size <= len(start + data) + 4


def test_the_reply_to_head_has_the_length_without_the_body() -> None:
    whole, head = (reply(HTTPStatus.OK, b"[]", head=head) for head in (False, True))
    assert whole == (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n[]"
    )
    assert head == whole.removesuffix(b"[]")
