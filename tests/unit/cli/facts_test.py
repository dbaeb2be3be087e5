import json

from bot.eligibility.judge import Judge
from bot.staff.answer_file import read_answers

FIELDS = {
    "id",
    "type",
    "topic",
    "name",
    "ask",
    "why",
    "find_out",
    "sensitive",
    "options",
    "none",
    "never",
    "unit",
    "lowest",
    "highest",
    "part_of",
    "derived",
    "derived_reads",
    "measures",
}


def told(run) -> dict[str, dict]:
    """The facts as programs read them, by id."""
    return {fact["id"]: fact for fact in json.loads(run("facts", "--json").out)["facts"]}


def test_every_fact_is_listed_with_what_may_be_answered(run, engine):
    """A clerk who writes a rule or a case looks the ids up here."""
    ran = run("facts")
    lines = {line.strip() for line in ran.out.splitlines()}

    assert ran.code == 0
    assert len(engine.knowledge.facts) > 50
    for fact in engine.knowledge.facts.values():
        assert any(line.startswith(f"{fact.id}（") and line.endswith(fact.name) for line in lines)
        assert fact.ask is None or f"问：{fact.ask}" in lines
        assert all(f"{option.id}  {option.label}" in lines for option in fact.options)


def test_why_something_is_asked_is_said(run, engine):
    """Whoever reads the questions out is asked why; the answer stands beside the question."""
    lines = {line.strip() for line in run("facts").out.splitlines()}
    why = [fact.why for fact in engine.knowledge.facts.values() if fact.why]

    assert why
    assert {f"为什么问：{text}" for text in why} <= lines


def test_a_question_of_ones_private_life_is_marked(run):
    """Whoever adds a question must see that people may pass it over."""
    about = run("facts").out.partition("\ncertificate（")[2].partition("\ncategory（")[0].splitlines()

    assert [line.strip() for line in about] == [
        "是或否）残疾人证",
        "问：有残疾人证吗？",
        "敏感：可以不说",
        "true  有",
        "false  没有",
        *[line.strip() for line in about if "为什么问：" in line],
        *[line.strip() for line in about if "不知道怎么查：" in line],
        *[line.strip() for line in about if "用在" in line],
    ]


def test_a_fact_that_is_not_asked_says_how_it_follows(run):
    """Otherwise somebody gives the number of months by hand, and it is wrong the month after."""
    lines = [line.strip() for line in run("facts").out.splitlines()]

    assert "不问，推出来：从执照日期（registered_on）那天起满的整月数，正好满就算" in lines
    assert "不问，推出来：残疾等级（grade）不少于1级，并且残疾等级（grade）不多于2级" in lines
    assert "0到4级" in lines
    assert "never  还没办" in lines
    assert "[]  都不是" in lines


def test_the_first_line_counts_what_is_asked_and_what_follows(run, engine):
    """How many questions there are is the first thing to know about a questionnaire."""
    derived = sum(fact.derived is not None for fact in engine.knowledge.facts.values())
    count = len(engine.knowledge.facts)

    assert run("facts").out.splitlines()[0] == f"一共 {count} 件事：要问的 {count - derived} 件，推出来的 {derived} 件。"


def test_json_has_the_same_for_programs(run):
    """A web form is built from this; a renamed field breaks it."""
    facts = told(run)

    assert all(fact.keys() == FIELDS for fact in facts.values())
    assert facts["certificate"]["sensitive"] is True
    assert facts["certificate"]["options"] == [{"id": True, "label": "有"}, {"id": False, "label": "没有"}]
    assert facts["business_form"]["options"][1] == {"id": "sole_trader", "label": "个体工商户"}
    assert facts["months_registered"]["derived"] == {"months_since": "registered_on"}
    assert facts["months_registered"]["ask"] is None
    assert facts["grade"]["lowest"] == 0
    assert facts["grade"]["highest"] == 4
    assert facts["disabled_staff"]["part_of"] == "staff"


def test_what_the_options_are_called_is_what_a_file_of_answers_takes(run, engine):
    """The list is there to be copied from."""
    facts = engine.knowledge.facts
    taken = 0
    for fact in told(run).values():
        for option in fact["options"]:
            value = [option["id"]] if fact["type"] == "set" else option["id"]
            if fact["derived"] is None:
                assert fact["id"] in read_answers({fact["id"]: value}, facts)
                taken += 1

    assert taken > 100


def test_the_count_of_measures_is_that_of_the_rules(run, engine):
    """It says which question may be left out, so it must not be too small; a question for nothing is a mistake."""
    judged = [measure.facts for measure in Judge(engine.knowledge).measures.values()]

    for fact in told(run).values():
        assert fact["measures"] >= sum(fact["id"] in facts for facts in judged)
        assert fact["measures"] > 0
    assert told(run)["medical_masseur"]["measures"] == sum("medical_masseur" in facts for facts in judged)
