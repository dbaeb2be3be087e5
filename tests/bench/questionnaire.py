"""How many questions decide what somebody can get, and how long judging and choosing the next question take.

By itself: ``python tests/bench/questionnaire.py``. ``run.py`` makes it a section of its report.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from queue import Queue
from statistics import mean, median, quantiles
from typing import Any, NamedTuple

from strategies import MOST, Dialogue, Effort

from bot.content.problems import ContentError

WORKER = Path(__file__).with_name("questionnaire_worker.py")
POLICIES = ("dongying-2017", "changde-2017", "sichuan-2025", "gansu-ecommerce", "jilin-2018", "longyang-2022")
USERS = 1000
TIMED_USERS = 50
"""Users a policy whose questions are timed, before the counting takes every core."""
CHUNK = 125
OURS, EVERYTHING = "Zhuchuang", "everything at once"
OFTEN = 8
"""How many of the facts asked most the report names."""


class Job(NamedTuple):
    """What a worker does in one go: ``time`` or ``count`` the questions to some users of a policy."""

    what: str
    policy_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The mean effort of a user and the questions nine of ten users get by with."""

    questions: float
    questions_p90: float
    facts: float
    things: float


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds. ``p99_cpu_ms`` leaves out waiting for other programs."""

    timings: int
    p50_ms: float
    p99_ms: float
    p99_cpu_ms: float


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """One policy: the effort until most and all of its measures are decided, by way of asking.

    ``asked`` tells of our way how many of a hundred users a fact is asked until most are decided.
    """

    measures: int
    most: Mapping[str, Figures]
    all: Mapping[str, Figures]
    asked: Mapping[str, float]
    next_question: Times


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """All figures. ``judging`` is every measure of every policy judged anew, as after each answer."""

    users: int
    measures: int
    judging: Times
    policies: Mapping[str, PolicyFigures]


def measure_questionnaires(users: int) -> Questionnaires:
    """Times, from one process while nothing else runs; then the questions, counted in as many processes as there are cores."""
    measures: dict[str, int] = {}
    forms: dict[str, Effort] = {}
    judging: list[list[float]] = []
    choosing: dict[str, list[list[float]]] = {}
    for job, found in _work([Job("time", policy_id, 0, TIMED_USERS) for policy_id in POLICIES], 1):
        measures[job.policy_id] = found["measures"]
        forms[job.policy_id] = Effort(*found["everything"])
        choosing[job.policy_id] = found["choosing"]
        judging += found["judging"]
    dialogues: dict[str, dict[str, list[Dialogue]]] = {policy_id: {} for policy_id in POLICIES}
    chunks = [Job("count", policy_id, start, min(start + CHUNK, users)) for policy_id in POLICIES for start in range(0, users, CHUNK)]
    for job, found in _work(chunks, os.cpu_count() or 1):
        for name, held in found.items():
            listed = [Dialogue(Effort(*most), Effort(*decided), tuple(asked)) for most, decided, asked in held]
            dialogues[job.policy_id].setdefault(name, []).extend(listed)
    policies = {
        policy_id: _policy_figures(measures[policy_id], by_name, forms[policy_id], choosing[policy_id])
        for policy_id, by_name in dialogues.items()
    }
    return Questionnaires(users, sum(measures.values()), _times(judging), policies)


def _policy_figures(
    measures: int, dialogues: Mapping[str, Sequence[Dialogue]], form: Effort, choosing: Sequence[Sequence[float]]
) -> PolicyFigures:
    def figures(pick: Callable[[Dialogue], Effort]) -> dict[str, Figures]:
        rows = {name: _figures([pick(dialogue) for dialogue in held]) for name, held in dialogues.items()}
        return {**rows, EVERYTHING: _figures([form])}

    ours = dialogues[OURS]
    counts = Counter(fact_id for dialogue in ours for fact_id in set(dialogue.asked))
    asked = {fact_id: 100 * count / len(ours) for fact_id, count in counts.most_common()}
    return PolicyFigures(measures, figures(lambda one: one.most), figures(lambda one: one.all), asked, _times(choosing))


def _figures(efforts: Sequence[Effort]) -> Figures:
    most = sorted(effort.questions for effort in efforts)[ceil(len(efforts) * 0.9) - 1]
    means = (mean(getattr(effort, name) for effort in efforts) for name in ("questions", "facts", "things"))
    questions, facts, things = means
    return Figures(questions, most, facts, things)


def _times(timings: Sequence[Sequence[float]]) -> Times:
    took, busy = zip(*timings, strict=True)
    slow, slow_cpu = (quantiles(values, n=100, method="inclusive")[98] for values in (took, busy))
    return Times(len(took), median(took), slow, slow_cpu)


def _work(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Any]]:
    """The jobs with what worker processes found; how far they are is shown on a terminal."""
    workers = [
        subprocess.Popen([sys.executable, WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(min(processes, len(jobs)))
    ]
    free: Queue[subprocess.Popen[str]] = Queue()
    for worker in workers:
        free.put(worker)

    def run(job: Job) -> Any:
        worker = free.get()
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(json.dumps(job) + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
        free.put(worker)
        if not line:
            raise RuntimeError(f"{WORKER.name} stopped with code {worker.wait()}; its message stands above")
        return json.loads(line)

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            for done, (job, found) in enumerate(zip(jobs, pool.map(run, jobs), strict=True), 1):
                if sys.stderr.isatty():
                    print(f"\rsimulated users: {done} of {len(jobs)} parts", end="" if done < len(jobs) else "\n", file=sys.stderr)
                yield job, found
    finally:
        for worker in workers:
            if worker.stdin is not None:
                worker.stdin.close()
            worker.wait(timeout=60)


def questionnaire_lines(found: Questionnaires) -> list[str]:
    """The section of the report."""
    lines = [f"Questions until measures are decided: {found.users} simulated users a policy, 5 % of what they are asked they do not know"]
    lines += [f"  {'':24}{f'until {100 * MOST:.0f} % are decided':^36}{'until all are decided':^36}"]
    lines += [f"  {'':24}" + f"{'mean':>9}{'p90':>9}{'facts':>9}{'things':>9}" * 2]
    for policy_id, policy in found.policies.items():
        lines += [f"  {policy_id}, {policy.measures} measures"]
        for name, most in policy.most.items():
            cells = [f"{one.questions:9.1f}{one.questions_p90:9.0f}{one.facts:9.1f}{one.things:9.1f}" for one in (most, policy.all[name])]
            lines += [f"    {name:22}" + "".join(cells)]
        often = [f"{fact_id} {share:.0f}" for fact_id, share in list(policy.asked.items())[:OFTEN]]
        lines += [f"    of 100 users asked: {', '.join(often)}"]
    lines += ["  Mean and p90: questions. Facts: what they were about. Things: each thing of a list to tick counts. Fixed order: that of"]
    lines += ["  rules/facts.yaml without what cannot matter any more; lists: with lists to tick, as ours. The place is known beforehand."]
    lines += ["", f"Judging and choosing the next question, after each answer of {TIMED_USERS} users a policy"]
    lines += [f"  {'':34}{'timings':>10}{'p50 ms':>9}{'p99 ms':>9}{'p99 CPU':>9}"]
    rows = {f"all {found.measures} measures judged anew": found.judging}
    rows |= {f"next question, {policy_id}": policy.next_question for policy_id, policy in found.policies.items()}
    lines += [f"  {name:34}{one.timings:10}{one.p50_ms:9.2f}{one.p99_ms:9.2f}{one.p99_cpu_ms:9.2f}" for name, one in rows.items()]
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How many questions decide what somebody can get, on simulated users.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--users", type=int, default=USERS, metavar="N", help=f"how many users a policy ({USERS})")
    options = parser.parse_args()
    try:
        found = measure_questionnaires(max(1, options.users))
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(asdict(found), ensure_ascii=False, indent=2) if options.json else "\n".join(questionnaire_lines(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
