import json
from collections.abc import Iterable
from datetime import date

from bot.bootstrap import noon
from bot.channels.terminal import answer_lines, talk

TODAY = noon(date(2026, 11, 21))


def answers(engine, *messages: dict[str, object] | str) -> list[dict[str, object]]:
    """What each message gets, as of one day."""
    lines = (line if isinstance(line, str) else json.dumps(line) for line in messages)
    return list(answer_lines(engine, lambda: TODAY, noon, lines))


def said(engine, lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is written to a person who types these lines, and the lines that were left unread."""
    waiting, written = list(lines), []

    def read(prompt: str) -> str:
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    talk(engine, lambda: TODAY, read, written.append)
    return written, waiting


def test_a_person_is_welcomed_answered_and_seen_off(engine):
    """The whole of a conversation in the terminal."""
    written, _ = said(engine, ["我在东营，刚办了个执照自己在网上卖货，能领多少钱", "退出"])

    assert len(written) == 3
    assert "退出" in written[0]
    assert "5000元" in written[1]
    assert "再见" in written[2]


def test_leaving_is_understood_with_a_full_stop_and_a_blank(engine):
    """People who write with care must get out as well."""
    _, unread = said(engine, [" 退出。", "你好"])

    assert unread == ["你好"]


def test_the_end_of_the_input_is_a_goodbye_too(engine):
    """Ctrl-D, and a file of questions that has no farewell."""
    written, _ = said(engine, ["你好"])

    assert "再见" in written[-1]


def test_a_conversation_remembers_the_place(engine):
    """Nobody wants to say where they live with every question."""
    first, second = answers(
        engine, {"conversation": "a", "text": "我在东营"}, {"conversation": "a", "text": "个人申请创业担保贷款最多能贷多少"}
    )

    assert first.keys() == {"conversation", "text", "outcome", "choices", "measures"}
    assert second["outcome"] == "answer"
    assert second["measures"][0].startswith("dongying-2017/")


def test_conversations_know_nothing_of_each_other(engine):
    """The place one person named must never answer another, even when their lines alternate."""
    question = "个人申请创业担保贷款最多能贷多少"
    together = answers(
        engine,
        {"conversation": "a", "text": "我在东营"},
        {"conversation": "b", "text": "我在四川"},
        {"conversation": "a", "text": question},
        {"conversation": "c", "text": question},
        {"conversation": "b", "text": "创业补贴多少钱"},
    )
    apart = {
        "a": answers(engine, {"conversation": "a", "text": "我在东营"}, {"conversation": "a", "text": question}),
        "b": answers(engine, {"conversation": "b", "text": "我在四川"}, {"conversation": "b", "text": "创业补贴多少钱"}),
        "c": answers(engine, {"conversation": "c", "text": question}),
    }

    for name, alone in apart.items():
        assert [answer for answer in together if answer["conversation"] == name] == alone
    assert apart["a"][1] != apart["c"][0]


def test_an_offered_choice_can_be_taken_by_its_id(engine):
    """What a button does, and the same as its number."""
    question = {"conversation": "a", "text": "我在东营，刚办了个执照自己在网上卖货，能领多少钱"}
    first = answers(engine, question)[0]
    by_id = answers(engine, question, {"conversation": "a", "choice": first["choices"][0]["id"]})[1]
    by_number = answers(engine, question, {"conversation": "a", "text": "1"})[1]

    assert by_id == by_number
    assert by_id["text"] != first["text"]


def test_each_line_may_have_its_own_day(engine):
    """Recorded conversations are replayed on the day they were held."""
    question = "四川残疾人创业补贴有多少"
    before, after, today = answers(
        engine,
        {"conversation": "a", "text": question, "as_of": "2028-04-30"},
        {"conversation": "b", "text": question, "as_of": "2028-05-01"},
        {"conversation": "c", "text": question},
    )

    assert "已经到期" in after["text"]
    assert "已经到期" not in before["text"]
    assert before["text"] == today["text"]


def test_a_line_that_cannot_be_read_is_answered_and_the_rest_goes_on(engine):
    """One broken line of a long recording must not cost the others, nor its own conversation's memory."""
    found = answers(
        engine,
        {"conversation": "a", "text": "我在东营"},
        "{",
        {"text": "你好"},
        {"conversation": "a", "text": 5},
        {"conversation": "a", "text": "你好", "as_of": "yesterday"},
        {"conversation": "a"},
        {"conversation": "a", "text": "个人申请创业担保贷款最多能贷多少"},
    )

    assert [answer["outcome"] for answer in found] == ["meta", "error", "error", "error", "error", "meta", "answer"]
    assert [answer["conversation"] for answer in found] == ["a", None, None, "a", "a", "a", "a"]
    assert found[2]["text"] == 'line 3: "conversation" is missing'
    assert found[3]["text"] == 'line 4: "text" must be text'
    assert '"as_of" must be a date' in found[4]["text"]
    assert found[6]["measures"][0].startswith("dongying-2017/")


def test_the_longest_unused_conversation_is_forgotten_when_there_are_very_many(engine):
    """Memory has an end; somebody who writes now must be remembered, whoever wrote before them."""
    where = {"text": "我在东营"}
    question = {"text": "个人申请创业担保贷款最多能贷多少"}
    strangers = [{"conversation": str(number), "text": "你好"} for number in range(999)]
    found = answers(
        engine,
        {"conversation": "early"} | where,
        {"conversation": "busy"} | where,
        *strangers,
        {"conversation": "busy"} | question,
        {"conversation": "early"} | question,
    )

    assert found[-2]["outcome"] == "answer"
    assert found[-1]["outcome"] == "clarify"


def test_jsonl_is_read_from_standard_input(run):
    """The same through the command itself."""
    ran = run("chat", "--jsonl", stdin='{"conversation": "a", "text": "你好"}\n\n{"conversation": "b", "text": "谢谢"}\n')
    found = [json.loads(line) for line in ran.out.splitlines()]

    assert ran.code == 0
    assert [answer["conversation"] for answer in found] == ["a", "b"]
    assert {answer["outcome"] for answer in found} == {"meta"}


def test_a_line_with_neither_text_nor_choice_is_a_mistake(run):
    """A program that writes no text has lost it; it must not be told that we cannot look at pictures."""
    lines = [
        '{"conversation": "a", "text": "我在东营"}',
        "",
        '{"conversation": "a"}',
        '{"conversation": "b", "text": null, "choice": null}',
        "{}",
        '{"conversation": "a", "text": "个人申请创业担保贷款最多能贷多少"}',
    ]
    found = [json.loads(line) for line in run("chat", "--jsonl", stdin="\n".join(lines)).out.splitlines()]

    assert [answer["conversation"] for answer in found] == ["a", "a", "b", None, "a"]
    assert [answer["outcome"] for answer in found] == ["meta", "error", "error", "error", "answer"]
    assert found[1]["text"] == 'line 3: "text" or "choice" is missing'
    assert found[1].keys() == found[0].keys()
    assert found[3]["text"] == 'line 5: "conversation" is missing'
    assert found[4]["measures"][0].startswith("dongying-2017/")


def test_the_help_names_everything_that_comes_out(run):
    """Whoever writes a program for it should not have to try what a reply looks like."""
    out = run("chat", "--help").out
    reply = json.loads(run("chat", "--jsonl", stdin='{"conversation": "a", "text": "你好"}').out)

    for field in reply:
        assert f"\n  {field} " in out.partition("writes")[2]
