"""What is asked of every HTTP request before it is read: not too long, not too slow, and not wrong over and over from one address."""

import asyncio
import time
from collections import OrderedDict

from starlette.requests import ClientDisconnect, Request

_READ_SECONDS = 10.0
_WINDOW_SECONDS = 60.0
_ADDRESSES_REMEMBERED = 10_000


class TooLongError(Exception):
    """A request took too many bytes, too much time, or was broken off; ``status`` says which."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def body_of(request: Request, most_bytes: int, *, most_seconds: float = _READ_SECONDS) -> bytes:
    """The body of a request, read no further than is allowed.

    Raises:
        TooLongError: It has more bytes (413), comes too slowly (408) or ends early (400).
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > most_bytes:
        raise TooLongError(413)
    body = bytearray()
    try:
        async with asyncio.timeout(most_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise TooLongError(413)
    except TimeoutError:
        raise TooLongError(408) from None
    except ClientDisconnect:
        raise TooLongError(400) from None
    return bytes(body)


class WrongRequests:
    """Counts requests that may not come in, by address. Addresses are held in memory for a minute and never written down."""

    def __init__(self, per_minute: int = 20) -> None:
        """Allow so many from one address before it is told to wait."""
        self._per_minute = per_minute
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def refuse(self, request: Request) -> int:
        """The status to refuse a request with: 403, or 429 for an address that tries again and again."""
        address = request.client.host if request.client is not None else ""
        now = time.monotonic()
        since, count = self._seen.pop(address, (now, 0))
        if now - since > _WINDOW_SECONDS:
            since, count = now, 0
        self._seen[address] = (since, count + 1)
        while len(self._seen) > _ADDRESSES_REMEMBERED:
            self._seen.popitem(last=False)
        return 429 if count >= self._per_minute else 403
