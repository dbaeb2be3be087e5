"""What machines ask: does the process live, can it serve, and its figures."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.telemetry import Metrics

FIGURES = "text/plain; version=1.0.0; charset=utf-8"


def probe_routes(parts: Callable[[], Awaitable[Mapping[str, bool]]], metrics: Metrics) -> list[Route]:
    """``/healthz``, ``/readyz`` and ``/metrics``; ``parts`` tells which parts are ready to serve."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        ready = dict(await parts())
        return JSONResponse(ready, status_code=200 if all(ready.values()) else 503)

    async def figures(_: Request) -> Response:
        return Response(metrics.text(), media_type=FIGURES)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", figures)]
