from __future__ import annotations

import logging
import socket
from contextlib import ExitStack

import pytest

from exporter.ec2.imds import Imds, ImdsError
from exporter.errors import NothingHere
from tests.exporter.ec2.fake_imds import FakeImds
from tests.exporter.raw_http import Answer, Faults, Request, over_tcp, reply

ID = "/latest/meta-data/instance-id"
TIMEOUT = 0.3


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(clock: Clock) -> FakeImds:
    made = FakeImds(clock)
    made.texts["/meta-data/instance-id"] = "i-0123456789abcdef0"
    return made


@pytest.fixture
def imds(service: FakeImds, clock: Clock, stack: ExitStack) -> Imds:
    return Imds(stack.enter_context(over_tcp(service)), clock=clock)


def misbehaving(answer: Answer, stack: ExitStack) -> Imds:
    return Imds(stack.enter_context(over_tcp(answer)), timeout=TIMEOUT)


def test_one_token_serves_many_questions_and_what_is_absent_is_none(imds: Imds, service: FakeImds) -> None:
    assert imds.get(ID) == imds.get(ID) == "i-0123456789abcdef0"
    assert imds.get("/latest/meta-data/spot/instance-action") is None
    assert service.asked == [
        "PUT /latest/api/token",
        f"GET {ID}",
        f"GET {ID}",
        "GET /latest/meta-data/spot/instance-action",
    ]


def test_the_token_is_renewed_before_it_expires(imds: Imds, service: FakeImds, clock: Clock) -> None:
    imds.get(ID)
    clock.now += 21_600 - 61
    imds.get(ID)
    assert service.asked.count("PUT /latest/api/token") == 1
    clock.now += 2
    imds.get(ID)
    assert service.asked == ["PUT /latest/api/token", f"GET {ID}", f"GET {ID}", "PUT /latest/api/token", f"GET {ID}"]


def test_a_token_that_the_service_forgot_is_renewed_at_once(imds: Imds, service: FakeImds) -> None:
    imds.get(ID)
    service.forget()
    assert imds.get(ID) == "i-0123456789abcdef0"
    assert service.asked[2:] == [f"GET {ID}", "PUT /latest/api/token", f"GET {ID}"]


def test_a_service_that_refuses_every_token_is_not_asked_for_ever(stack: ExitStack) -> None:
    asked = []

    def refuse(request: Request) -> list[bytes]:
        asked.append(request.method)
        return reply(200, "token") if request.method == "PUT" else reply(401)

    with pytest.raises(ImdsError, match=f"answered {ID} with HTTP 401"):
        misbehaving(refuse, stack).get(ID)
    assert asked == ["PUT", "GET", "PUT", "GET"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            "silence",
            r"did not answer PUT /latest/api/token within 0\.3 s; in a container that is what a hop limit of 1",
        ),
        ("trickle", "did not end its answer in time"),
        ("nothing", "broke off PUT /latest/api/token"),
        ("noise", "broke off PUT /latest/api/token"),
        ("binary", "did not end it as text"),
        ("huge", "more than 16384 bytes"),
        ("cut_off", "did not end it as text"),
    ],
)
def test_a_service_that_misbehaves_is_an_error_that_says_how(
    fault: str, told: str, faults: Faults, stack: ExitStack
) -> None:
    with pytest.raises(ImdsError, match=told):
        misbehaving(getattr(faults, fault), stack).get(ID)


@pytest.mark.parametrize("fault", ["silence", "trickle", "nothing", "noise", "binary", "huge", "cut_off"])
def test_no_error_and_no_log_holds_the_token(
    fault: str, faults: Faults, stack: ExitStack, service: FakeImds, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def answer(request: Request) -> object:
        return service(request) if request.method == "PUT" else getattr(faults, fault)(request)

    with pytest.raises(ImdsError) as error:
        misbehaving(answer, stack).get(ID)  # type: ignore[arg-type]
    assert len(service.tokens) == 1
    assert "SECRET" not in f"{error.value}{error.value.__cause__}{caplog.text}"


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (403, NothingHere, "turned off for this instance"),
        (404, NothingHere, "gives no tokens .*this is not EC2"),
        (405, NothingHere, "this is not EC2"),
        (302, ImdsError, "gave no token, but HTTP 302"),
        (500, ImdsError, "HTTP 500"),
    ],
)
def test_what_a_refused_token_means(status: int, kind: type[Exception], told: str, stack: ExitStack) -> None:
    with pytest.raises(kind, match=told):
        misbehaving(lambda _: reply(status), stack).get(ID)


@pytest.mark.parametrize("body", ["", "a b", "a\r\nX-Evil: 1", "a" * 513, "é"])
def test_what_cannot_be_a_token_is_never_sent_back(body: str, stack: ExitStack) -> None:
    with pytest.raises(ImdsError, match=r"no token|as text"):
        misbehaving(lambda _: reply(200, body), stack).get(ID)


def test_nobody_on_the_address_is_not_ec2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(
        NothingHere, match=rf"no metadata service answers at http://127\.0\.0\.1:{port}: this is not EC2"
    ):
        Imds(f"http://127.0.0.1:{port}").get(ID)


def test_an_address_that_swallows_connections_is_not_ec2_or_behind_a_firewall(stack: ExitStack) -> None:
    server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    address = server.getsockname()
    for _ in range(2):  # what the backlog takes; the next one gets no answer
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(address)
    with pytest.raises(NothingHere, match=r"within 0\.3 s: this is not EC2, or a firewall"):
        Imds(f"http://127.0.0.1:{address[1]}", timeout=TIMEOUT).get(ID)


def test_a_proxy_is_never_asked(imds: Imds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert imds.get(ID) == "i-0123456789abcdef0"


def test_the_environment_of_the_aws_sdks_is_obeyed(
    service: FakeImds, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", stack.enter_context(over_tcp(service)) + "/")
    assert Imds().get(ID) == "i-0123456789abcdef0"
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NothingHere, match="AWS_EC2_METADATA_DISABLED is true"):
        Imds().get(ID)
