import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.content.condition import Condition
from bot.staff.rule_report import RuleReport

SOLE_TRADER = "dongying-2017/startup-grant-sole-trader"
FIELDS = {
    "id",
    "policy",
    "code",
    "name",
    "section",
    "not_individual",
    "area",
    "when",
    "derived",
    "also_needed",
    "amounts",
    "scales",
    "additions",
    "combine",
    "papers",
}


def as_written(condition: dict[str, Any]) -> dict[str, Any]:
    """A condition without what was added for the reader; a section is kept where it is not the measure's own."""
    for sort in ("all", "any"):
        if sort in condition:
            parts = [as_written(part) for part in condition[sort]]
            return {sort: parts} | ({"say": condition["say"]} if condition.get("say") else {})
    return {name: value for name, value in condition.items() if name not in {"reads", "section"}}


def without_sections(condition: Any) -> Any:
    """A condition as data, without sections and what is not set."""
    return as_written(condition.model_dump(mode="json", by_alias=True, exclude_none=True))


def test_a_rule_is_told_by_code_id_and_path_alike(run):
    """A clerk knows the code, a file its id, a program both."""
    texts = {
        run("explain-rule", name).out for name in ("DY-03", "dy-03", "startup-grant-sole-trader", SOLE_TRADER, "个体工商户一次性创办补助")
    }

    assert len(texts) == 1
    assert texts.pop().startswith(f"个体工商户一次性创办补助（DY-03，{SOLE_TRADER}）\n")


def test_every_condition_can_be_held_against_the_document(run):
    """What it says, what is worked out, whether it can change: a slip in any of the three is a wrong verdict."""
    ran = run("explain-rule", "DY-03")
    lines = ran.out.splitlines()
    conditions = lines[lines.index("每一项都要满足：") + 1 :]

    assert ran.code == 0
    assert conditions[:3] == [
        "  - 在东营市〔所在地方（place）在山东省东营市里面〕不能变",
        "  - 有残疾人证〔残疾人证（certificate）选“有”〕不能变",
        "  - 自己创业做生意〔您的情况（role）选“自己做生意、开网店（或正打算做）”〕不能变",
    ]
    form = "登记的是个体工商户〔登记的形式（business_form）选“个体工商户”〕"
    assert f"  - {form}可以做到：去市场监管部门登记个体工商户（只对现在选“还没办执照”的人说）" in conditions
    assert "  - 登记后正常经营满6个月〔登记满的月数（months_registered）不少于6个月〕等就行" in conditions
    assert "  - 登记满的月数（months_registered）：从执照日期（registered_on）那天起满的整月数，正好满就算" in conditions
    assert "  - “新注册”从哪天算起，原文没有写" in conditions
    assert "  - 创办补助：5000元（一次性；有条件的县区可以提高）" in conditions
    assert conditions[conditions.index("能不能和别的同时拿：") + 1] == "  - 原文没有写"
    assert "没有另写出处的，都在原文“扶持残疾人电商就业创业”这一部分。" in lines


def test_choices_are_nested_as_they_are_in_the_rule(run):
    """One level too many or too few turns “and” into “or”."""
    lines = run("explain-rule", "public-welfare-post-again").out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  - 满足任一项：属于重度残疾人"))

    assert lines[at + 1].startswith("    - 属于重度残疾（一级、二级）〔重度残疾（一级、二级）（severe）成立〕")
    assert lines[at + 3] == "    - 每一项都要满足："
    assert lines[at + 4].startswith("      - 已认定为就业困难人员〔")
    assert lines[at + 5].startswith("      - 属于零就业家庭〔家庭情况（household）选了“零就业家庭")
    assert any(line.endswith("不能变，出处“第十三条”") for line in lines)
    assert "  - 重度残疾（一级、二级）（severe）：残疾等级（grade）不少于1级，并且残疾等级（grade）不多于2级" in lines
    assert "  - 要先拿：公益性岗位补贴（SC-10）" in lines


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DY-06", "  - “贷款额度”要乘：吸纳或带动的农村贫困残疾人数（rural_poor_disabled_led）"),
        ("CD-02", "  - 职业资格证书"),
        ("DY-03", "原文没有点名要什么材料"),
        ("graduate-training-guidance", "  - 您想参加培训，培训不少于1次〔想参加培训（wants_training）选“想”〕"),
        ("start-up-subsidy-six-months", "  - 可以同时拿：创业补贴第二档（正常运营满18个月）（SC-14）"),
    ],
)
def test_all_that_a_rule_may_hold_is_told(run, name, said):
    """A part left out of the report is a part nobody checks."""
    assert said in run("explain-rule", name).out.splitlines()


def test_what_nobody_can_be_judged_on_says_why(run):
    """There is no rule to check, only a reason."""
    lines = run("explain-rule", "DY-12").out.splitlines()

    assert lines[0].startswith("市级优秀基地评选（DY-12，")
    assert lines[-1].startswith("没法替个人或单位判断：每年只选2个基地，")
    assert len(lines) == 3


def test_json_is_the_rule_with_its_sentences(run, engine):
    """A page that shows rules to the authority reads this; a renamed field breaks it."""
    found = json.loads(run("explain-rule", "--json", "DY-06").out)

    assert found.keys() == FIELDS
    assert found["area"]["within"] == ["370500"]
    assert found["when"]["all"][2]["at_least"] == 1
    assert found["when"]["all"][2]["reads"] == "吸纳或带动的农村贫困残疾人数（rural_poor_disabled_led）不少于1人"
    assert found["when"]["all"][2]["section"] == found["section"]
    assert found["scales"] == [{"amount": "贷款额度", "times": "rural_poor_disabled_led"}]
    assert found["combine"]["not_stated"] is True


def test_every_rule_can_be_told_and_none_is_told_differently_than_it_is(engine):
    """All rules, not the few above: what the report leaves out or turns round would pass every check by eye."""
    knowledge = engine.knowledge
    adapter = TypeAdapter(Condition)
    for entry_id, rule in knowledge.rules.items():
        report = RuleReport(knowledge, entry_id)
        told = json.loads(json.dumps(report.told(), ensure_ascii=False))
        text = "\n".join(report.lines())

        assert told.keys() == FIELDS
        assert "None" not in text
        if rule.when is None:
            assert rule.not_individual and rule.not_individual in text
            continue
        written = as_written(told["when"])
        assert written == without_sections(rule.when)
        assert adapter.validate_python(written) is not None
        assert [one["say"] for one in told["also_needed"]] == [one.say for one in rule.also_needed]
        assert all(one.say in text for one in (*rule.also_needed, *rule.additions))
    assert len(knowledge.rules) > 150


def test_an_unknown_measure_is_one_line_with_the_closest(run):
    """Nobody remembers an id to the letter."""
    for name in ("startup-grant-sole-tradr", "dongying-2017/startup-grant-sole-tradr", "个体工商户创办补助"):
        ran = run("explain-rule", name)

        assert ran.code == 2
        assert ran.out == ""
        assert len(ran.err.splitlines()) == 1
        assert f"没有“{name}”这个条目" in ran.err
        assert f"个体工商户一次性创办补助（DY-03，{SOLE_TRADER}）" in ran.err


def test_an_unknown_code_tells_the_codes_there_are(run):
    """A code that looks alike is another measure: of numbers the next best is no good guess."""
    for code in ("DY-99", "dy-3"):
        ran = run("explain-rule", code)

        assert ran.code == 2
        assert ran.err.startswith(f"zhuchuang: 没有编号是“{code}”的条目。“关于开展“千牵万")
        assert "的编号有：DY-01、DY-02、" in ran.err
        assert "SC-" not in ran.err


def test_what_is_like_nothing_says_how_to_name_one(run):
    """A list of far-fetched guesses would help nobody."""
    ran = run("explain-rule", "xyz")

    assert ran.code == 2
    assert ran.err == "zhuchuang: 没有“xyz”这个条目。写编号（DY-03）、条目的名字或 id，或者“政策/条目”。\n"


def test_an_id_that_two_policies_use_must_be_written_in_full(run):
    """Explaining the wrong city's rule is worse than asking back."""
    ran = run("explain-rule", "guaranteed-loan-company")

    assert ran.code == 2
    assert "（DY-09，dongying-2017/guaranteed-loan-company）、" in ran.err
    assert "（JL-15，jilin-2018/guaranteed-loan-company）" in ran.err
    assert run("explain-rule", "jilin-2018/guaranteed-loan-company").code == 0
