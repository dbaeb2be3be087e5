import json
import re
import subprocess
import sys

import pytest

QUESTION = "我在东营，刚办了个执照自己在网上卖货，能领多少钱"
MEASURE = "dongying-2017/startup-grant-sole-trader"
FIELDS = {"id", "text", "outcome", "measures", "policies", "region", "score", "choices", "took_ms"}


def test_the_answer_is_printed_as_a_person_reads_it(run):
    """The promise of the front page: one command, the right figure."""
    ran = run("ask", QUESTION)

    assert ran.code == 0
    assert "5000元" in ran.out.splitlines()[0]
    assert ran.err == ""


def test_json_has_the_same_text_and_what_programs_need(run):
    """Tools that score answers read this; a renamed field breaks them."""
    text = run("ask", "--as-of", "2026-11-21", QUESTION).out
    ran = run("ask", "--json", "--as-of", "2026-11-21", QUESTION)
    answer = json.loads(ran.out)

    assert answer.keys() == FIELDS
    assert answer["text"] == text.rstrip("\n")
    assert answer["outcome"] == "answer"
    assert answer["measures"][0] == MEASURE
    assert answer["policies"] == ["dongying-2017"]
    assert answer["region"] == "370500"
    assert answer["score"] > 0
    assert answer["took_ms"] > 0
    assert answer["choices"]
    for choice in answer["choices"]:
        assert choice.keys() == {"id", "label"}
        assert choice["label"] in answer["text"]


def test_a_refusal_is_a_good_end(run):
    """The command did its work; only its reply is a no."""
    ran = run("ask", "--json", "我在广州，开网店有补贴吗")
    answer = json.loads(ran.out)

    assert ran.code == 0
    assert answer["outcome"] == "refuse"
    assert answer["measures"] == []


def test_the_day_decides_whether_a_policy_still_holds(run):
    """Sichuan's rules end on 30 April 2028."""
    question = "四川残疾人创业补贴有多少"

    assert "到期" not in run("ask", "--as-of", "2028-04-30", question).out.splitlines()[0]
    assert "到期" in run("ask", "--as-of", "2028-05-01", question).out.splitlines()[0]


def test_a_place_is_known_in_any_form(run):
    """Clerks write names, programs codes; with pinyin the examples of the help can be typed anywhere."""
    lines = [
        json.dumps({"id": name, "question": "开网店有补贴吗", "region": name}) for name in ("东营", "东营市", "東營", "370500", "dongying")
    ]
    answers = [json.loads(line) for line in run("ask", "--batch", stdin="\n".join(lines)).out.splitlines()]

    assert [answer["region"] for answer in answers] == ["370500"] * 5


def test_batch_answers_every_line_in_order(run):
    """One line in, one line out: that is how the answers find their questions again."""
    lines = [
        json.dumps({"id": 7, "question": QUESTION, "style": "more than we read"}),
        "not json",
        "[1, 2]",
        '{"id": "no question"}',
        '{"id": "number", "question": 5}',
        '{"id": "place", "question": "贷款", "region": 5}',
        "",
        '{"id": "half a character", "question": "\\ud800"}',
        '{"id": "deep", "question": ' + "[" * 100_000,
        '{"id": "empty", "question": ""}',
        '{"id": "mars", "question": "创业担保贷款最多多少", "region": "火星"}',
        '{"id": "there", "question": "创业担保贷款最多多少", "region": "东营"}',
        json.dumps({"id": "last", "question": QUESTION}),
    ]
    ran = run("ask", "--batch", stdin="\n".join(lines))
    answers = [json.loads(line) for line in ran.out.splitlines()]

    assert ran.code == 0
    assert [answer["id"] for answer in answers] == [
        7, None, None, "no question", "number", "place", "half a character", None, "empty", "mars", "there", "last"
    ]  # fmt: skip
    assert [answer["id"] for answer in answers if answer["outcome"] == "error"] == [None, None, "no question", "number", "place", None]
    assert all(answer.keys() - {"problem"} == FIELDS for answer in answers)
    assert [answer["id"] for answer in answers if "problem" in answer] == ["mars"]
    assert "line 2: not JSON" in answers[1]["text"]
    assert answers[2]["text"] == "line 3: not a JSON object"
    assert answers[3]["text"] == 'line 4: "question" is missing'
    assert answers[4]["text"] == 'line 5: "question" must be text'
    assert answers[5]["text"] == 'line 6: "region" must be text'
    by_id = {answer["id"]: answer for answer in answers}
    assert by_id["mars"]["region"] is None
    assert by_id["mars"]["problem"] == 'line 11: "region" is not known and was ignored: 火星'
    assert by_id["there"]["region"] == "370500"
    assert by_id["last"]["measures"][0] == MEASURE


def test_questions_of_a_batch_know_nothing_of_each_other(run):
    """The place of one person must not answer another."""
    lines = [json.dumps({"id": 1, "question": QUESTION}), json.dumps({"id": 2, "question": "创业担保贷款最多多少"})]
    answers = [json.loads(line) for line in run("ask", "--batch", stdin="\n".join(lines)).out.splitlines()]

    assert [answer["region"] for answer in answers] == ["370500", None]


def test_batch_takes_the_place_of_the_command_where_a_line_has_none(run):
    """A file of questions from one town needs to say the town once."""
    lines = ['{"id": 1, "question": "开网店有补贴吗"}', '{"id": 2, "question": "开网店有补贴吗", "region": "四川"}']
    answers = [json.loads(line) for line in run("ask", "--batch", "--region", "东营", stdin="\n".join(lines)).out.splitlines()]

    assert [answer["region"] for answer in answers] == ["370500", "510000"]


def test_a_place_that_is_not_known_does_not_become_that_of_the_command(run):
    """Who lives somewhere we do not know must not be told what another town gives."""
    ran = run("ask", "--batch", "--region", "东营", stdin='{"id": 1, "question": "开网店有补贴吗", "region": "火星"}')

    assert json.loads(ran.out)["region"] is None


def test_each_line_of_a_batch_may_have_its_own_day(run):
    """Recorded questions are asked again as of the day they were asked, and the others as of the day of the command."""
    question = "四川残疾人创业补贴有多少"
    lines = [json.dumps({"id": day, "question": question, "as_of": day}) for day in ("2028-04-30", None, "2028-05-01", "tomorrow", 5)]
    answers = [json.loads(line) for line in run("ask", "--batch", "--as-of", "2028-05-01", stdin="\n".join(lines)).out.splitlines()]

    assert ["到期" in answer["text"].partition("\n")[0] for answer in answers[:3]] == [False, True, True]
    assert [answer["outcome"] for answer in answers[3:]] == ["error", "error"]
    assert answers[3]["text"] == 'line 4: "as_of" must be a date such as 2026-11-21'
    assert answers[4]["text"] == 'line 5: "as_of" must be text'


def test_the_help_has_an_example_in_chinese_that_can_be_asked(run):
    """Most people type Chinese; an example that is refused would be worse than none."""
    example = re.search(r"zhuchuang ask (\S*[\u4e00-\u9fff]\S*)$", run("ask", "--help").out, re.MULTILINE)

    assert example
    assert json.loads(run("ask", "--json", example[1]).out)["outcome"] == "answer"


@pytest.mark.parametrize("question", ["", " ", "\u3000"])
def test_an_empty_question_is_a_wrong_call(run, question):
    """It comes from a script whose variable is empty; a friendly reply would hide that."""
    ran = run("ask", question)

    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert "zhuchuang ask --region dongying" in ran.err


def test_each_line_of_a_batch_is_answered_before_the_next_is_read():
    """A program may hold a dialogue with the command through two pipes."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-m", "bot.cli", "ask", "--batch"], stdin=pipe, stdout=pipe, encoding="utf-8") as process:
        assert process.stdin and process.stdout
        for number in (1, 2):
            process.stdin.write(json.dumps({"id": number, "question": QUESTION}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()

    assert process.returncode == 0
