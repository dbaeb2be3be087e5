"""ChatterBot trained on the phrasings of every measure; runs in an environment of its own.

Its default tagger needs a language model that no package registry has. The one without a model leaves unspaced Chinese as it is, so
the indexed search would find exact repetitions only; ``text_search`` compares with everything it was taught, by Levenshtein distance.
"""

import sys
from typing import Any

from chatterbot import ChatBot, languages
from chatterbot.tagging import LowercaseTagger
from chatterbot.trainers import ListTrainer
from worker import Answer, Found, serve


def build(setup: dict[str, Any]) -> Answer:
    """A bot in memory that is taught each phrasing with the entry it asks for, and learns nothing from the questions."""
    bot = ChatBot(
        "bench",
        database_uri=None,
        read_only=True,
        tagger=LowercaseTagger,
        tagger_language=languages.CHI,
        search_algorithm_name="text_search",
        default_response="none",
    )
    trainer = ListTrainer(bot, show_training_progress=False)
    for entry in setup["entries"]:
        for phrasing in entry["phrasings"]:
            trainer.train([phrasing, entry["id"]])
    print(f"ChatterBot was taught {bot.storage.count() // 2} phrasings", file=sys.stderr)

    def answer(question: str, _region: str | None) -> Found:
        response = bot.get_response(question)
        if response.text == "none":
            return {"outcome": "refuse", "entry": None, "score": 0.0}
        return {"outcome": "answer", "entry": response.text, "score": float(response.confidence)}

    return answer


serve(build)
