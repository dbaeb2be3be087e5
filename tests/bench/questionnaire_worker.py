"""A process that holds dialogues with simulated users, a job a line. Only the rules and what judges them are loaded."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from typing import Any

from simulated_user import SimulatedUser, draw
from strategies import everything, fixed_order, hold, measures_of, our_order, remembered

from bot.content.read import read_knowledge
from bot.eligibility.judge import Judge
from bot.eligibility.next_question import Asker, Question
from bot.eligibility.view import View

DAYS = {
    "dongying-2017": date(2018, 11, 1),
    "changde-2017": date(2020, 4, 10),
    "sichuan-2025": date(2026, 11, 21),
    "gansu-ecommerce": date(2026, 11, 21),
    "jilin-2018": date(2018, 9, 1),
    "longyang-2022": date(2024, 4, 1),
}
"""A day each policy holds."""


def main() -> None:
    """One line for each job."""
    judge = Judge(read_knowledge())
    asker = Asker(judge)
    for line in sys.stdin:
        what, policy_id, start, end = json.loads(line)
        policy = next(iter(measures_of(judge, policy_id).values())).policy
        users = [draw(judge.book, policy, DAYS[policy_id], number) for number in range(start, end)]
        print(json.dumps((timed if what == "time" else counted)(judge, asker, policy_id, users)), flush=True)


def counted(judge: Judge, asker: Asker, policy_id: str, users: Sequence[SimulatedUser]) -> dict[str, Any]:
    """The dialogues by way of asking."""
    ways = {
        "Zhuchuang": remembered(our_order(judge, asker)),
        "fixed order, lists": remembered(fixed_order(judge, asker, lists=True)),
        "fixed order": remembered(fixed_order(judge, asker, lists=False)),
    }
    return {name: [astuple(hold(judge, ask, user, policy_id, DAYS[policy_id])) for user in users] for name, ask in ways.items()}


def timed(judge: Judge, asker: Asker, policy_id: str, users: Sequence[SimulatedUser]) -> dict[str, Any]:
    """Milliseconds, in all and of the processor alone, for judging everything and for choosing a question after each answer."""
    judging: list[tuple[float, float]] = []
    choosing: list[tuple[float, float]] = []
    ours = our_order(judge, asker)

    def ask(view: View, scope: Sequence[str], before: Question | None) -> Question | None:
        start = _now()
        judge.judge_all(view.answers, view.as_of)
        between = _now()
        question = ours(View(view.book, view.answers, view.as_of), scope, before)
        end = _now()
        judging.append((between[0] - start[0], between[1] - start[1]))
        choosing.append((end[0] - between[0], end[1] - between[1]))
        return question

    for user in users:
        hold(judge, ask, user, policy_id, DAYS[policy_id])
    measures = len(measures_of(judge, policy_id))
    return {"measures": measures, "everything": astuple(everything(judge, policy_id)), "judging": judging, "choosing": choosing}


def _now() -> tuple[float, float]:
    return time.perf_counter() * 1000, time.process_time() * 1000


if __name__ == "__main__":
    main()
