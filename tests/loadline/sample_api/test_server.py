from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from http.client import HTTPConnection

from loadline.sample_api.server import SampleApi, start
from loadline.sample_api.slots import Slots
from tests.loadline.sample_api.conftest import RunSampleApi

TIMEOUT = 10.0
GET = b"GET /boards HTTP/1.1\r\nHost: a\r\n\r\n"

Client = Callable[[SampleApi], Awaitable[None]]


async def completions(port: int, seconds: float) -> list[float]:
    """One client of a closed loop without think time: when each reply was there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    clock = asyncio.get_running_loop().time
    end, done = clock() + seconds, []
    while clock() < end:
        writer.write(GET)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        done.append(clock())
    writer.close()
    await writer.wait_closed()
    return done


async def measured_rate(port: int, clients: int, workers: int, seconds: float) -> float:
    """Replies per second between the first and the last one, over all clients; needs clients > workers."""
    loops = await asyncio.gather(*(completions(port, seconds) for _ in range(clients)))
    done = sorted(time for times in loops for time in times)
    # The workers start together, so their first replies come together: they only start the watch.
    return (len(done) - workers) / (done[-1] - done[0])


async def with_api(slots: Slots, client: Client) -> None:
    api = await start(slots)
    try:
        async with asyncio.timeout(TIMEOUT):
            await client(api)
    finally:
        api.stop()


def connect(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)


def test_the_rate_under_load_is_the_capacity_it_was_built_for(run_sample_api: RunSampleApi) -> None:
    api = run_sample_api("--workers", "4", "--service-ms", "20")
    assert api.capacity == 200.0
    # Many more clients than workers, so that a client which wakes up late leaves no worker idle.
    rate = asyncio.run(measured_rate(api.port, clients=24, workers=4, seconds=4.0))
    assert abs(rate / api.capacity - 1.0) < 0.02


def test_one_connection_serves_many_requests_of_every_kind(run_sample_api: RunSampleApi) -> None:
    connection = connect(run_sample_api("--service-ms", "1").port)
    sent = [
        ("GET", "/boards?page=1", None),
        ("POST", "/boards", b"x" * 100_000),
        ("HEAD", "/boards", None),
        ("GET", "/healthz", None),
        ("GET", "/fail", None),
        ("GET", "/nothing", None),
        ("DELETE", "/boards", None),
    ]
    statuses, sockets = [], set()
    for method, path, body in sent:
        connection.request(method, path, body=body)
        sockets.add(connection.sock)
        reply = connection.getresponse()
        statuses.append(reply.status)
        text = reply.read()
        if (method, path) == ("GET", "/boards?page=1"):
            assert [board["title"] for board in json.loads(text)][:2] == ["Notices", "Questions"]
        if method == "HEAD":
            assert (text, int(reply.headers["Content-Length"]) > 0) == (b"", True)
    connection.close()
    assert statuses == [200, 200, 200, 200, 500, 404, 405]
    assert len(sockets) == 1


def test_stats_count_the_replies_that_took_a_slot(run_sample_api: RunSampleApi) -> None:
    connection = connect(run_sample_api("--service-ms", "1").port)
    counts = []
    for path in ("/stats", "/boards", "/fail", "/nothing", "/healthz", "/stats"):
        connection.request("GET", path)
        text = connection.getresponse().read()
        if path == "/stats":
            counts.append(json.loads(text)["served"])
    connection.close()
    assert counts == [0, 2]


def test_garbage_gets_400_and_the_connection_is_closed(run_sample_api: RunSampleApi) -> None:
    api = run_sample_api()
    with socket.create_connection(("127.0.0.1", api.port), timeout=TIMEOUT) as client:
        client.sendall(b"\x00\x01\x02 what is this\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Connection: close\r\n" in received


def test_beyond_a_finite_queue_503_comes_at_once_and_healthz_still_answers() -> None:
    async def ask(port: int, request: bytes) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        status = int((await reader.readline()).split()[1])
        writer.close()
        await writer.wait_closed()
        return status

    async def client(api: SampleApi) -> None:
        healthz = GET.replace(b"/boards", b"/healthz")
        # One is served and one waits, both for longer than this test: the third and fourth are answered now.
        held = [await asyncio.open_connection("127.0.0.1", api.port) for _ in range(2)]
        for _, writer in held:
            writer.write(GET)
            assert await ask(api.port, healthz) == 200
        assert [await ask(api.port, GET) for _ in range(2)] == [503, 503]
        for _, writer in held:
            writer.close()
            await writer.wait_closed()

    asyncio.run(with_api(Slots(1, lambda: 60.0, queue=1), client))


def test_requests_sent_ahead_are_answered_in_order_one_at_a_time() -> None:
    async def client(api: SampleApi) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        paths = (b"/boards", b"/healthz", b"/fail", b"/nothing")
        for path in paths:
            writer.write(b"HEAD " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        writer.write_eof()
        replies = (await reader.read()).split(b"HTTP/1.1 ")[1:]
        assert [int(reply[:3]) for reply in replies] == [200, 200, 500, 404]
        writer.close()
        await writer.wait_closed()

    asyncio.run(with_api(Slots(1, lambda: 0.02), client))


def test_a_client_that_leaves_while_it_waits_disturbs_nobody() -> None:
    async def client(api: SampleApi) -> None:
        _, leaving = await asyncio.open_connection("127.0.0.1", api.port)
        leaving.write(GET)
        leaving.transport.abort()
        assert len(await completions(api.port, 0.1)) >= 1

    asyncio.run(with_api(Slots(1, lambda: 0.03), client))
