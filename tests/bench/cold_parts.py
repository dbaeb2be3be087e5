"""Where the time of a first answer goes: one fresh process that times its own steps and prints them as JSON."""

import json
import sys
import time

started = time.perf_counter()

from datetime import UTC, datetime  # noqa: E402

from bot.content.read import read_knowledge  # noqa: E402
from bot.dialogue.message import Message  # noqa: E402
from bot.dialogue.session import Session  # noqa: E402
from bot.engine import Engine  # noqa: E402

imported = time.perf_counter()
knowledge = read_knowledge()
read = time.perf_counter()
engine = Engine(knowledge)
built = time.perf_counter()
engine.respond(Session(), Message("bench", sys.argv[1]), datetime.now(UTC))
answered = time.perf_counter()

print(json.dumps({"imports": imported - started, "reading": read - imported, "building": built - read, "answering": answered - built}))
