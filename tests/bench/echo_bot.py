"""python-telegram-bot's own echo bot behind a webhook, put together as in its ``customwebhookbot.py``: Starlette, uvicorn, Application."""

import argparse
import asyncio
import json

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it back, to the same chat."""
    assert update.message is not None and update.message.text is not None
    await update.get_bot().send_message(update.message.chat_id, update.message.text)


async def serve(base_url: str, token: str, port: int) -> None:
    """Serve until told to stop, one update after the other as the library comes.

    With ``concurrent_updates(True)`` it is slower: from about a hundred requests at once on, httpcore's pool of connections takes nearly
    all of the time.
    """
    application = Application.builder().token(token).base_url(base_url).updater(None).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def webhook(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(json.loads(await request.body()), application.bot))
        return Response()

    app = Starlette(routes=[Route("/telegram", webhook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, access_log=False, log_level="warning"))
    async with application:
        await application.start()
        await server.serve()
        await application.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("base_url", "token"):
        parser.add_argument(name)
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    asyncio.run(serve(options.base_url, options.token, options.port))
