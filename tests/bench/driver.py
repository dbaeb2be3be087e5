"""Posts prepared HTTP requests as fast as they are answered or at a fixed rate, as a process of its own. Nothing but the standard library.

Each line of standard input is a job in JSON and is answered by one line. With ``--constant`` it is the server instead that answers every
request at once with nothing, so that the driver's own limit can be measured.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

_MOST_SECONDS = 30
_NOTHING = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

Post = tuple[float, float, int]
"""When a request was due and when its answer was there, in seconds since 1970, and the status, 0 for no answer."""


async def drive(ports: list[int], requests: list[str], connections: int, per_second: float | None) -> list[Post]:
    """The outcome of each request, over so many connections, which are shared out among the ports.

    At a fixed rate a request counts from when it was due, so that waiting for a free connection is not left out.
    """
    opened = [await asyncio.open_connection("127.0.0.1", ports[number % len(ports)]) for number in range(connections)]
    raw = [request.encode() for request in requests]
    posts: list[Post] = [(0.0, 0.0, 0)] * len(raw)
    numbers = iter(range(len(raw)))
    began = time.time()

    async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, numbers: Iterator[int]) -> None:
        for number in numbers:
            due = time.time() if per_second is None else began + number / per_second
            if due > time.time():
                await asyncio.sleep(due - time.time())
            status = 0
            with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
                async with asyncio.timeout(_MOST_SECONDS):
                    writer.write(raw[number])
                    status = await _status(reader)
            posts[number] = (due, time.time(), status)
            if status == 0:
                reader, writer = await asyncio.open_connection("127.0.0.1", ports[number % len(ports)])

    await asyncio.gather(*(post(reader, writer, numbers) for reader, writer in opened))
    for _, writer in opened:
        writer.close()
    return posts


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
    await reader.readexactly(int(length or b"0"))
    return int(head.split(b" ", 2)[1])


class Constant(asyncio.Protocol):
    """Answers requests, each of which comes with its length and whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """One request."""
        self._transport.write(_NOTHING)


async def answer_with_nothing() -> None:
    """Listen on a free port and tell it, until the input ends."""
    server = await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Carry out jobs until the input ends."""
    if "--constant" in sys.argv:
        asyncio.run(answer_with_nothing())
        return
    for line in sys.stdin:
        job: dict[str, Any] = json.loads(line)
        print(json.dumps(asyncio.run(drive(**job))), flush=True)


if __name__ == "__main__":
    main()
