"""``zhuchuang reload``: every process that serves reads its content anew, or keeps the old and says why."""

import argparse
import json

from bot.bootstrap import now
from bot.cli import UsageError
from bot.cli.on_store import on_store
from bot.cli.options import add_json, settings
from bot.cli.serve import load
from bot.serving import ContentRefusedError
from bot.storage.processes import Process, ask_to_reload, reload_results
from bot.storage.store import Store
from bot.storage.upkeep import note

_WAIT_SECONDS = 60.0
_EXAMPLES = """example:
  zhuchuang check && zhuchuang reload

The content is checked here first. Then each process reads it beside what it serves, asks it the smoke questions of knowledge/smoke.yaml,
and swaps. Conversations go on. Ends with 1 if a process kept its old content or did not answer."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Reload."""
    given = settings()
    try:
        load(given)
    except ContentRefusedError as error:
        raise UsageError("\n".join(("this content would be refused, so nobody was asked to load it:", *error.problems))) from None

    async def work(store: Store) -> list[Process]:
        asked = await ask_to_reload(store, now())
        await note(store, "reload", "ask_to_reload", now(), processes=len(asked))
        return await reload_results(store, asked, now, most_seconds=_WAIT_SECONDS)

    found = on_store(given, work)
    results = [{"process": one.id, **(json.loads(one.result) if one.result else {"result": "no answer"})} for one in found]
    if options.json:
        print(json.dumps(results, ensure_ascii=False))
    elif not results:
        print("No process serves on this store, so there is nothing to reload.")
    else:
        for result in results:
            print(f"{result['process'][:8]}: {result['result']} {result.get('version', '')}")
            print("".join(f"  {problem}\n" for problem in result.get("problems", ())), end="")
    return 0 if all(result["result"] in {"swapped", "same"} for result in results) else 1
