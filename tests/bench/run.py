"""Speed, memory and quality in one report, beside other libraries in the same run, then the questionnaire, then serving. Asserts nothing.

Machines differ and flip between fast and slow, so systems take turns of a few questions each: read the ratios before the milliseconds.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from quality import Quality, best_threshold, by_first_measure, by_whole_reply, is_answerable, is_out_of_scope
from questionnaire import USERS, Questionnaires, measure_questionnaires, questionnaire_lines
from servers import end_when_asked
from serving import MESSAGES, Serving, measure_serving, serving_lines
from system import CHATTERBOT, HERE, Answered, System, chatterbot_python

from bot.bootstrap import noon
from bot.content.knowledge import Knowledge
from bot.content.problems import ContentError
from bot.content.read import read_knowledge
from bot.content.region import contains
from bot.engine import Engine
from bot.staff.golden import Case, Judge, Result, read_cases

ROOT = HERE.parents[1]
DAY = date(2026, 11, 21)
"""The day replies are judged as of."""
QUESTION = "我在东营，刚办了个执照自己在网上卖货，能领多少钱"
OURS, BM25, BOT = "zhuchuang", "bm25s + jieba", f"ChatterBot {CHATTERBOT}"
TURN = 50
"""Questions a system answers before the next one has its turn."""
PASSES = 3
"""How often the fast systems are asked everything; every timing counts, those with a garbage collection in them too."""
MEMORY_AFTER = 200
COLD_RUNS = 5


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds for one warm question, and the process around it. ``p99_cpu_ms`` leaves out waiting for other programs."""

    timings: int
    p50_ms: float
    p99_ms: float
    p99_cpu_ms: float
    build_seconds: float
    memory_mb: float | None


@dataclass(frozen=True, slots=True)
class Cold:
    """Seconds from starting ``zhuchuang ask`` to its end, least first; and the median seconds of each step of a first answer."""

    wall_seconds: tuple[float, ...]
    parts_seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a run. ``quality`` and ``speed`` are by sample, then by part or system; ``left_out`` says what and why."""

    machine: str
    speed: Mapping[str, Mapping[str, Speed]]
    cold: Cold | None
    quality: Mapping[str, Mapping[str, Mapping[str, Quality]]]
    thresholds: Mapping[str, float]
    questionnaires: Questionnaires | None
    serving: Serving | None
    left_out: tuple[str, ...]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed, memory and quality beside other libraries on the golden questions.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--chatterbot-questions", type=int, default=100, metavar="N", help="how many ChatterBot is asked, 0: none (100)")
    parser.add_argument("--users", type=int, default=USERS, metavar="N", help=f"how many simulated users a policy, 0: none ({USERS})")
    parser.add_argument("--messages", type=int, default=MESSAGES, metavar="N", help=f"how many are served a system, 0: none ({MESSAGES})")
    options = parser.parse_args()
    end_when_asked()
    try:
        report = measure(options.chatterbot_questions, options.users, options.messages)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(asdict(report), ensure_ascii=False, indent=2) if options.json else "\n".join(table_lines(report)))
    return 0


def measure(chatterbot_questions: int, users: int, messages: int) -> Report:
    """Everything, one after the other: cold starts first, while nothing else runs."""
    left_out: list[str] = []
    cases = read_cases(ROOT / "tests" / "cases" / "retrieval")
    sample = spread([case for case in cases if is_answerable(case)], chatterbot_questions)
    sample += spread([case for case in cases if is_out_of_scope(case)], chatterbot_questions // 3)
    python, reason = chatterbot_python() if sample else (None, "asked for no questions")
    if python is None:
        left_out.append(f"{BOT}: {reason}")

    cold, reason = measure_cold()
    if cold is None:
        left_out.append(f"a cold `zhuchuang ask`: {reason}")

    engine = Engine(read_knowledge())
    codes = entry_codes(engine.knowledge)
    results = list(Judge(engine, DAY).results(cases))
    setup = peer_setup(engine.knowledge, codes)
    systems = [
        System(OURS, Path(sys.executable), "zhuchuang_worker.py", {"now": noon(DAY).isoformat()}),
        System(BM25, Path(sys.executable), "bm25_worker.py", setup),
    ]
    if python:
        systems.append(System(BOT, python, "chatterbot_worker.py", setup))
    questions = {system.name: sample if system.name == BOT else list(cases) for system in systems}
    memory = warm_up(systems, questions)
    timed = take_turns(systems, {name: asked * (1 if name == BOT else PASSES) for name, asked in questions.items()})
    answered = {name: listed[: len(questions[name])] for name, listed in timed.items()}
    for system in systems:
        system.close()
    questionnaires = measure_questionnaires(users) if users > 0 else None
    if questionnaires is None:
        left_out.append("the questionnaire: asked for no users")
    serving = measure_serving(messages) if messages > 0 else None
    if serving is None:
        left_out.append("serving: asked for no messages")

    def speeds(only: Sequence[Case] | None) -> dict[str, Speed]:
        names = [system for system in systems if only is not None or system.name != BOT]
        return {
            system.name: speed_of(system, chosen(timed[system.name], only), memory.get(system.name, system.memory_mb)) for system in names
        }

    thresholds = {
        name: best_threshold([one for one in listed if not one.case.held_back], codes) for name, listed in answered.items() if name != OURS
    }
    whole = "all golden questions"
    sampled = f"{len(sample)} of them" if python else ""
    groups: dict[str, Sequence[Case] | None] = {whole: None, **({sampled: sample} if python else {})}
    return Report(
        machine_line(),
        {group: speeds(only) for group, only in groups.items()},
        cold,
        {group: qualities(answered, results, codes, thresholds, only) for group, only in groups.items()},
        thresholds,
        questionnaires,
        serving,
        tuple(left_out),
    )


def spread(cases: list[Case], count: int) -> list[Case]:
    """That many of the cases, evenly spread over the files."""
    return cases if count >= len(cases) else [cases[index * len(cases) // count] for index in range(count)]


def chosen(answered: list[Answered], only: Sequence[Case] | None) -> list[Answered]:
    """The answers to some cases, or all."""
    ids = None if only is None else {case.id for case in only}
    return [one for one in answered if ids is None or one.case.id in ids]


def warm_up(systems: list[System], questions: Mapping[str, list[Case]]) -> dict[str, float | None]:
    """Ask everything once without counting it (ChatterBot three questions); the memory of each system after 200."""
    memory: dict[str, float | None] = {}
    for system in systems:
        cases = questions[system.name]
        if system.name == BOT:
            system.ask(cases[:3])
            continue
        system.ask(cases[:MEMORY_AFTER])
        memory[system.name] = system.memory_mb
        system.ask(cases[MEMORY_AFTER:])
    return memory


def take_turns(systems: list[System], questions: Mapping[str, list[Case]]) -> dict[str, list[Answered]]:
    """Every system's answers to its questions; all of them progress together, so that a slow minute hits all."""
    answered: dict[str, list[Answered]] = {system.name: [] for system in systems}
    rounds = max(-(-len(cases) // TURN) for cases in questions.values())
    for turn in range(rounds):
        for system in systems:
            cases = questions[system.name]
            some = cases[turn * len(cases) // rounds : (turn + 1) * len(cases) // rounds]
            answered[system.name] += system.ask(some)
        if sys.stderr.isatty():
            print(f"\r{turn + 1} of {rounds} turns", end="" if turn + 1 < rounds else "\n", file=sys.stderr)
    return answered


def speed_of(system: System, answered: list[Answered], memory_mb: float | None) -> Speed:
    """The usual and the slow question of a system."""
    times = [one.took_ms for one in answered]
    slow, slow_cpu = (quantiles(values, n=100, method="inclusive")[98] for values in (times, [one.cpu_ms for one in answered]))
    return Speed(len(times), median(times), slow, slow_cpu, system.build_seconds, memory_mb)


def measure_cold() -> tuple[Cold | None, str]:
    """Cold commands after one that is not counted (it compiles the modules), then the parts of a first answer; or why not."""
    command = [sys.executable, "-m", "bot.cli", "ask", QUESTION]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if first.returncode:
        return None, (first.stderr.strip().splitlines() or ["it says nothing"])[-1]
    walls: list[float] = []
    parts: list[dict[str, float]] = []
    for _ in range(COLD_RUNS):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        walls.append(time.perf_counter() - started)
        started = time.perf_counter()
        done = subprocess.run([sys.executable, HERE / "cold_parts.py", QUESTION], cwd=ROOT, capture_output=True, text=True, check=True)
        took = time.perf_counter() - started
        inside: dict[str, float] = json.loads(done.stdout)
        parts.append({"interpreter": took - sum(inside.values()), **inside})
    return Cold(tuple(sorted(walls)), {name: median(part[name] for part in parts) for name in parts[0]}), ""


def entry_codes(knowledge: Knowledge) -> dict[str, str | None]:
    """The code of every measure and clause by the id an answer carries."""
    codes: dict[str, str | None] = {f"{policy.id}/{clause.id}": clause.code for policy in knowledge.policies() for clause in policy.clauses}
    return codes | {f"{policy.id}/{measure.id}": measure.code for policy, measure in knowledge.measures()}


def peer_setup(knowledge: Knowledge, codes: Mapping[str, str | None]) -> dict[str, Any]:
    """What the peers work from: the words of every entry that has a code, and which policies each place name leaves."""
    entries: list[dict[str, Any]] = []
    for policy, measure in knowledge.measures():
        texts = [measure.name, measure.summary, *measure.conditions, *measure.notes]
        entries.append({"id": f"{policy.id}/{measure.id}", "policy": policy.id, "texts": texts, "phrasings": measure.phrasings})
    for policy in knowledge.policies():
        for clause in policy.clauses:
            if codes[f"{policy.id}/{clause.id}"]:
                texts = [clause.name, clause.text]
                entries.append({"id": f"{policy.id}/{clause.id}", "policy": policy.id, "texts": texts, "phrasings": clause.phrasings})
    places: dict[str, list[str]] = {}
    for code, name in knowledge.regions.names.items():
        shorter = (name.removesuffix(suffix) for suffix in ("省", "市", "区", "县"))
        for form in {name, *shorter, *knowledge.regions.aliases.get(code, ())}:
            if len(form) > 1 and form not in knowledge.regions.not_places:
                places.setdefault(form, []).extend(policies_around(knowledge, code))
    words = sorted({word for _, measure in knowledge.measures() for word in measure.keywords})
    return {"entries": entries, "places": places, "words": words, "stopwords": knowledge.lexicon.stopwords}


def policies_around(knowledge: Knowledge, code: str) -> list[str]:
    """The policies whose regions contain a place or lie in it."""
    return [policy.id for policy in knowledge.policies() if any(contains(own, code) or contains(code, own) for own in policy.regions)]


def qualities(
    answered: Mapping[str, list[Answered]],
    results: Sequence[Result],
    codes: Mapping[str, str | None],
    thresholds: Mapping[str, float],
    only: Sequence[Case] | None,
) -> dict[str, dict[str, Quality]]:
    """Quality by part of the golden questions and by system."""
    ids = None if only is None else {case.id for case in only}
    parts: dict[str, dict[str, Quality]] = {}
    for part, held_back in (("tuned", False), ("held back", True)):
        judged = [result for result in results if result.case.held_back == held_back and (ids is None or result.case.id in ids)]
        rows = {f"{OURS}, whole reply": by_whole_reply(judged)}
        for name, listed in answered.items():
            if name == BOT and only is None:
                continue
            some = [one for one in chosen(listed, only) if one.case.held_back == held_back]
            rows[f"{OURS}, first measure" if name == OURS else name] = by_first_measure(some, codes, thresholds.get(name, 0.0))
        parts[part] = rows
    return parts


def machine_line() -> str:
    """What the figures were measured on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}"


def table_lines(report: Report) -> list[str]:
    """The report as plain text."""
    lines = [report.machine]
    for group, systems in report.speed.items():
        ours = systems[OURS]
        lines += ["", f"One question, warm, garbage collector on: {group}, {PASSES} times"]
        lines += [f"  {'':24}{'timings':>10}{'p50 ms':>9}{'p99 ms':>9}{'p99 CPU':>9}{'p50 ratio':>11}{'build s':>9}{'memory MB':>11}"]
        for name, speed in systems.items():
            ratio = f"{speed.p50_ms / ours.p50_ms:.2f}"
            memory = "-" if speed.memory_mb is None else f"{speed.memory_mb:.0f}"
            took = f"{speed.p50_ms:9.2f}{speed.p99_ms:9.2f}{speed.p99_cpu_ms:9.2f}{ratio:>11}{speed.build_seconds:9.2f}"
            lines += [f"  {name:24}{speed.timings:10}{took}{memory:>11}"]
    lines += ["  Ratio: how many times our p50. p99 CPU: without waiting for other programs. ChatterBot is asked once."]
    lines += [f"  Memory: resident after {MEMORY_AFTER} questions, ChatterBot's after its last."]
    if report.cold:
        walls = report.cold.wall_seconds
        total = sum(report.cold.parts_seconds.values())
        lines += ["", f"Cold `zhuchuang ask`, {len(walls)} runs: min {walls[0]:.2f} s, median {median(walls):.2f} s, max {walls[-1]:.2f} s"]
        lines += ["  " + ", ".join(f"{name} {took:.2f} s ({100 * took / total:.0f} %)" for name, took in report.cold.parts_seconds.items())]
    for group, parts in report.quality.items():
        for part, rows in parts.items():
            first = next(iter(rows.values()))
            lines += ["", f"Quality, {part}: {group}, {first.answerable} with an answer, {first.out_of_scope} out of scope"]
            lines += [f"  {'percent':24}{'right':>8}{'wrong':>8}{'refused':>9}{'asked back':>12}{'out of scope refused':>23}"]
            for name, row in rows.items():
                cells = f"{row.right:8.1f}{row.wrong:8.1f}{row.refused:9.1f}{row.asked_back:12.1f}{row.refused_rightly:23.1f}"
                lines += [f"  {name:24}{cells}"]
    lines += [
        "",
        "Whole reply: outcome, measures, figures and validity as the golden questions want them. The other rows look at the first",
    ]
    lines += ["measure of an answer only, and count an answer from a general rule or about a policy as a whole as wrong."]
    lines += [f"{name} answers from a score of {score:.2f}: most tuned cases right." for name, score in report.thresholds.items()]
    if report.questionnaires:
        lines += ["", *questionnaire_lines(report.questionnaires)]
    if report.serving:
        lines += ["", *serving_lines(report.serving)]
    lines += ["", *(f"Left out: {reason}" for reason in report.left_out)] if report.left_out else []
    return lines


if __name__ == "__main__":
    sys.exit(main())
