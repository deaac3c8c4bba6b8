"""``python -m tests.compose.forwarder LISTEN TO``: hands on what it gets on TCP: a way that can be cut."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _forward(listen: str, to: str) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(*to.split(":"))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_hand_on(reader, back), _hand_on(there, writer))

    host, _, port = listen.rpartition(":")
    async with await asyncio.start_server(connected, host, int(port)) as server:
        print(f"listening on {listen}", flush=True)  # noqa: T201 - whoever started it waits for this
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_forward(*sys.argv[1:]))
