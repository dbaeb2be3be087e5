import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

DAY = "2026-11-21"
SOLE_TRADER = "dongying-2017/startup-grant-sole-trader"
REPORT = {"as_of", "region", "counts", "clashes", "measures", "facts", "not_individual"}
MEASURE = {
    "id",
    "policy",
    "code",
    "name",
    "verdict",
    "otherwise",
    "settled",
    "validity",
    "valid_to",
    "standing",
    "amounts",
    "heads",
    "blocked_by",
    "reasons",
    "ready_on",
    "ready_from",
    "to_do",
    "needs",
    "unsure",
    "rough",
    "checks",
    "additions",
    "offices",
    "section",
}
VERDICTS = ["match", "match_check", "near", "unknown", "closed", "not_now"]

PERSON = """
    certificate: true
    role: own_business
    ecommerce: true
    business_form: sole_trader
    operating: true
    registered_on: 2026-05-21
"""
FITS = PERSON + '    place: "370500"\n'


@pytest.fixture
def answers(tmp_path: Path):
    """Writes a file of answers."""

    def write(text: str) -> str:
        path = tmp_path / "someone.yaml"
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return str(path)

    return write


@pytest.fixture
def judged(run, answers):
    """Judges answers, as a program reads it: the measures by id, and everything."""

    def judge(text: str, *more: str, day: str = DAY) -> tuple[dict[str, Any], dict[str, Any]]:
        ran = run("judge", "--facts", answers(text), "--as-of", day, "--json", *more)
        assert ran.code == 0, ran.err
        found = json.loads(ran.out)
        return {measure["id"]: measure for measure in found["measures"]}, found

    return judge


def about(out: str, code: str) -> list[str]:
    """The lines of a measure in the report, from its heading on."""
    lines = out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.endswith(f"（{code}）"))
    length = next((number for number, line in enumerate(lines[start + 1 :]) if not line.startswith("   ")), len(lines))
    return [line.strip() for line in lines[start : start + 1 + length]]


def test_six_months_to_the_day_are_enough(judged):
    """“6个月以上” includes the day: who is sent away a day too long loses 5000 yuan, who goes a day early goes in vain."""
    to_the_day, _ = judged(FITS)
    a_day_short, _ = judged(FITS.replace("2026-05-21", "2026-05-22"))

    assert to_the_day[SOLE_TRADER]["verdict"] == "match_check"
    assert to_the_day[SOLE_TRADER]["blocked_by"] == []
    assert to_the_day[SOLE_TRADER]["ready_on"] is None
    assert a_day_short[SOLE_TRADER]["verdict"] == "near"
    assert a_day_short[SOLE_TRADER]["blocked_by"] == ["months"]
    assert a_day_short[SOLE_TRADER]["ready_on"] == "2026-11-22"


def test_the_report_begins_with_the_verdicts_counted(run, answers, judged):
    """The line a clerk reads out: how many were looked at, and what came of it."""
    out = run("judge", "--facts", answers(FITS.replace("2026-05-21", "2026-05-22")), "--as-of", DAY).out
    first = out.splitlines()[1]
    count = judged(FITS.replace("2026-05-21", "2026-05-22"))[1]["counts"]

    assert list(count) == VERDICTS
    assert count["near"] >= 1
    assert first == (
        f"查了 {sum(count.values())} 项：看起来符合 {count['match']}，基本符合要核对 {count['match_check']}，差一点 {count['near']}，"
        f"还差信息 {count['unknown']}，已到期 {count['closed']}，目前不符合 {count['not_now']}"
    )
    assert f"【差一点】{count['near']} 项" in out
    assert "【看起来符合】" not in out or count["match"]


def test_a_measure_tells_the_sum_the_reason_the_day_and_whom_to_ask(run, answers):
    """Everything to decide whether to set out, without opening another document."""
    ran = run("judge", "--facts", answers(FITS.replace("2026-05-21", "2026-05-22")), "--as-of", DAY)

    assert ran.code == 0
    assert ran.err == ""
    head, *lines = about(ran.out, "DY-03")
    assert head.endswith(". 个体工商户一次性创办补助（DY-03）")
    assert lines == [
        "创办补助：5000元（一次性；有条件的县区可以提高）",
        "不满足：登记后正常经营满6个月。",
        "可以等：2026年11月22日起就满足了。",
        "要核对：文件没写截止日期，先问清楚现在还办不办。",
        "要核对：“新注册”从哪天算起，原文没有写。",
        "要核对：补助要用来买创业用的设施设备。",
        "问：残联（12385）、人社局（12333）。",
        "出处：《关于开展“千牵万·互联网+残疾人就业创业扶贫行动”的实施方案》，扶持残疾人电商就业创业。",
    ]


def test_a_day_that_is_known_roughly_gives_two_days_to_wait_for(run, answers):
    """Who only remembers the month must not be told one day as if it were sure."""
    text = FITS.replace("2026-05-21", "[2026-06-01, 2026-06-30]")
    ran = run("judge", "--facts", answers(text), "--as-of", DAY)

    assert "可以等：最早2026年12月1日，最晚2026年12月30日起就满足了。" in about(ran.out, "DY-03")


def test_what_can_be_done_is_said_and_what_cannot_is_not(run, answers):
    """To register is advice; to become a cooperative for the sake of a subsidy is not."""
    none = FITS.replace("sole_trader", "not_registered").replace("2026-05-21", "never").replace("    operating: true\n", "")
    closed = FITS.replace("operating: true", "operating: false")
    firm = FITS.replace("sole_trader", "small_firm")

    assert "可以做：恢复正常经营。" in about(run("judge", "--facts", answers(closed), "--as-of", DAY).out, "DY-03")
    for text in (none, firm):
        assert not any(line.startswith("可以做") for line in about(run("judge", "--facts", answers(text), "--as-of", DAY).out, "DY-03"))


def test_a_choice_that_fails_lists_what_would_be_enough(run, answers):
    """Each alternative alone would do; as separate reasons they would read as if all were needed."""
    text = FITS.replace("own_business", "firm").replace("sole_trader", "small_firm") + "    staff: 0\n"
    lines = about(run("judge", "--facts", answers(text), "--as-of", DAY).out, "DY-09")

    assert "不满足：招了残疾人，或者别的就业困难人员。满足任一项：招了1名以上残疾人；招了1名以上就业困难人员。" in lines


def test_sums_for_each_head_are_worked_out(run, answers, judged):
    """Two people at 50000 yuan: the arithmetic is shown, so that a clerk can check it."""
    text = FITS + "    rural_poor_disabled_led: 2\n"
    measures, _ = judged(text)
    loan = measures["dongying-2017/production-loan"]
    sums = [line for line in about(run("judge", "--facts", answers(text), "--as-of", DAY).out, "DY-06") if "合计" in line]

    assert [(line.startswith("贷款额度合计：2人×5万元"), line.endswith("10万元")) for line in sums] == [(True, True)]
    assert loan["heads"] == {"贷款额度": 2}
    assert [amount["total"] for amount in loan["amounts"]] == [100_000, None]
    assert measures[SOLE_TRADER]["heads"] == {}


def test_what_is_not_known_is_named_with_where_to_find_it(run, answers, judged):
    """“Information is missing” helps only who learns which, and where it is written."""
    text = FITS.replace("registered_on: 2026-05-21", "registered_on: unsure").replace("    ecommerce: true\n", "")
    out = run("judge", "--facts", answers(text), "--as-of", DAY).out
    measures, found = judged(text)

    assert "还要知道：做电商、执照日期（问过，没有答上来）。" in about(out, "DY-03")
    assert "   执照日期（registered_on）：营业执照上的“成立日期”或“注册日期”。" in out.splitlines()
    assert measures[SOLE_TRADER]["needs"] == ["ecommerce", "registered_on"]
    assert measures[SOLE_TRADER]["unsure"] == ["registered_on"]
    assert found["facts"]["registered_on"]["find_out"] == "营业执照上的“成立日期”或“注册日期”。"


def test_json_has_one_shape_for_every_measure(judged, engine):
    """Programs of the authority read this; a renamed field breaks them."""
    measures, found = judged(FITS)

    assert found.keys() == REPORT
    assert found["as_of"] == DAY
    assert found["region"] is None
    assert found["clashes"] == []
    assert found["not_individual"] is None
    assert sum(found["counts"].values()) == len(measures)
    assert all(measure.keys() == MEASURE for measure in measures.values())
    grant = measures[SOLE_TRADER]
    assert (grant["code"], grant["policy"], grant["section"]) == ("DY-03", "dongying-2017", "扶持残疾人电商就业创业")
    assert grant["verdict"] == grant["otherwise"] == "match_check"
    assert grant["validity"] == "not_stated"
    assert grant["amounts"][0]["exactly"] == 5000
    assert grant["amounts"][0]["reads"] == "5000元（一次性；有条件的县区可以提高）"
    assert grant["checks"][0] == "“新注册”从哪天算起，原文没有写"
    assert grant["offices"][0] == {"id": "dpf", "name": "残联", "hotline": "12385"}
    firm = measures["dongying-2017/startup-grant-small-firm"]
    assert firm["blocked_by"] == ["form", "insured"]
    assert firm["reasons"][0]["any_of"][0][0]["fact"] == "business_form"


def test_without_a_region_all_measures_are_judged(run, answers, engine):
    """A clerk who tests a rule wants to see what it does to all the others."""
    found = json.loads(run("judge", "--facts", answers(PERSON), "--as-of", DAY, "--json").out)
    rules = engine.knowledge.rules.values()

    assert found["region"] is None
    assert len(found["measures"]) == sum(rule.when is not None for rule in rules)
    assert {measure["id"]: measure for measure in found["measures"]}[SOLE_TRADER]["needs"] == ["place"]


def test_the_region_is_the_place_unless_the_file_names_one(judged):
    """The answers come from the person, the option from whoever asks for them."""
    by_region, _ = judged(PERSON, "--region", "东营")
    by_file, _ = judged(PERSON + '    place: "370100"\n', "--region", "东营")

    assert by_region[SOLE_TRADER]["verdict"] == "match_check"
    assert by_file[SOLE_TRADER]["blocked_by"] == ["area"]


@pytest.mark.parametrize(("region", "verdict"), [("370500", "match_check"), ("广饶县", "match_check"), ("山东", "unknown")])
def test_policies_of_the_place_and_within_it_are_judged(judged, region, verdict):
    """A county is in its city; of a province it is not known yet whether the city is meant."""
    measures, _ = judged(PERSON, "--region", region)

    assert {measure["policy"] for measure in measures.values()} == {"dongying-2017"}
    assert measures[SOLE_TRADER]["verdict"] == verdict


def test_a_place_without_a_policy_is_told_and_no_mistake(run, answers):
    """Nothing found is an answer too; it must not look as if somebody qualified for nothing."""
    ran = run("judge", "--facts", answers(FITS), "--region", "广州")

    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "“广东省广州市”没有收录文件，没有可以判断的。"
    assert "查了" not in ran.out


def test_an_unknown_region_is_one_clear_line(run, answers):
    """Judging everything instead would be an answer to another question."""
    ran = run("judge", "--facts", answers(FITS), "--region", "火星")

    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert "火星" in ran.err


def test_what_has_ended_says_so_and_how_it_would_have_been(run, answers, judged):
    """隆阳's plan ended with 2024: the conditions still tell what to ask for elsewhere."""
    text = PERSON + '    place: "530502"\n'
    measures, _ = judged(text, day="2025-01-01")
    before, _ = judged(text, day="2024-12-31")
    name = "longyang-2022/online-equipment-network-subsidy"
    out = run("judge", "--facts", answers(text), "--as-of", "2025-01-01").out

    assert (measures[name]["verdict"], measures[name]["valid_to"]) == ("closed", "2024-12-31")
    assert measures[name]["otherwise"] == before[name]["verdict"] != "closed"
    lines = about(out, measures[name]["code"])
    assert lines[1] == "文件只管到2024年12月31日，已经到期。"
    assert lines[2].startswith("不看日期的话：")


def test_waiting_past_the_end_of_a_policy_is_no_advice(run, answers):
    """四川's rules end on 30 April 2028; six months from March are too late."""
    person = PERSON.replace("2026-05-21", "2028-03-01") + '    place: "510100"\n'
    text = person + "    public_sector: false\n    first_licence: true\n    hard_to_employ: true\n"
    for born, late in (("2028-03-01", True), ("2027-10-30", False), ("2027-10-31", False)):
        out = run("judge", "--facts", answers(text.replace("2028-03-01", born)), "--as-of", "2028-04-01").out
        lines = about(out, "SC-13")

        assert any(line.startswith("可以等：2028年") for line in lines)
        assert ("但是文件只管到2028年4月30日，等到那天已经到期。" in lines) is late


def test_what_nobody_can_be_judged_on_is_counted_and_listed_when_asked(run, answers, judged):
    """Left out in silence, three awards would look forgotten."""
    text = answers(FITS)
    short = run("judge", "--facts", text, "--region", "东营").out
    long = run("judge", "--facts", text, "--region", "东营", "--all").out
    _, found = judged(FITS, "--region", "东营", "--all")

    assert short.splitlines()[2] == "另有 3 项没法替个人或单位判断，加 --all 看是哪些、为什么。"
    assert "市级优秀基地评选" not in short
    assert "【没法判断】3 项" in long
    assert about(long, "DY-12")[1].startswith("原因：每年只选2个基地，评选标准原文没有写")
    assert "--all" not in long
    assert found["region"] == "370500"
    assert [measure["code"] for measure in found["not_individual"]] == ["DY-12", "DY-13", "DY-14"]
    assert found["not_individual"][0].keys() == {"id", "policy", "code", "name", "reason", "section"}


def test_answers_that_cannot_both_be_true_are_pointed_out(run, answers, judged):
    """The verdicts would rest on whichever of the two is wrong."""
    text = FITS.replace("sole_trader", "not_registered")
    ran = run("judge", "--facts", answers(text), "--as-of", DAY)

    assert ran.code == 0
    assert ran.out.splitlines()[1] == "注意：“登记的形式：还没办执照”和“执照日期：2026年5月21日”对不上，改对其中一个再判断。"
    assert judged(text)[1]["clashes"] == [["business_form", "registered_on"]]


MISTAKES = """\
certificate: yes
colour: red
months_registered: 6
is_firm: true
registered_on: 2026-02-30
household: [low_income, rich]
grade: 9
place: 370500
household_place: "999999"
staff: [5, 2]
disabled_staff:
category: [[vision], {a: b}]
operating: true
operating: false
education: unsure
studying: absent
"""


def test_all_mistakes_in_the_answers_are_told_at_once(run, answers, tmp_path, monkeypatch):
    """One at a time would mean as many rounds as mistakes; each line says where, what and how to mend it."""
    answers(MISTAKES)
    monkeypatch.chdir(tmp_path)
    ran = run("judge", "--facts", "someone.yaml")

    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.splitlines() == [
        "someone.yaml:1: certificate: 这件事是“是或否”，不能写 yes; 写 true 或 false；不知道写 unsure",
        "someone.yaml:2: colour: 没有“colour”这件事; 用 zhuchuang facts 查要写什么；不需要就删掉",
        "someone.yaml:3: months_registered: “months_registered”是推出来的，不能直接写; 删掉这一行，改写它的来源：registered_on",
        "someone.yaml:4: is_firm: “is_firm”是推出来的，不能直接写; 删掉这一行，改写它的来源：business_form",
        "someone.yaml:5: registered_on: 没有 2026-02-30 这一天; 改成真实的日期，比如 2025-05-01",
        "someone.yaml:6: household: 这件事是“可以选几个”，不能写 [low_income, rich]; 写列表，从这些里选："
        "registered_poor, monitored, low_income, extreme_poverty, nobody_employed；都没有就写 []；不知道写 unsure",
        "someone.yaml:7: grade: 这件事是“数目”，不能写 9; 写整数，0到4级；说不准写范围，比如 [6, 11]；不知道写 unsure",
        'someone.yaml:8: place: 这里要写文字，却写成了数字或日期 370500; 给它加上英文引号，写成 "370500"',
        "someone.yaml:9: household_place: 没有 999999 这个地区编码; 到 knowledge/regions/ 里查六位编码，加英文引号",
        "someone.yaml:10: staff: [5, 2] 前后写反了; 小的写前面：[2, 5]",
        "someone.yaml:11: disabled_staff: 这件事是“数目”，不能写 null; 写整数，0人以上（含）；说不准写范围，比如 [6, 11]；不知道写 unsure",
        "someone.yaml:12: category: 这件事是“选一个”，不能写 [[...], {...}]; 写其中一个："
        "vision, hearing, speech, physical, intellectual, mental, multiple, none；不知道写 unsure",
        "someone.yaml:14: operating: “operating”写了两遍; 只留一个，把内容合在一起",
        "一共 13 处要改。",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("role: [", "YAML 格式不对"), ("", "文件是空的"), ("- certificate\n", "这里要写“名称: 内容”的表，现在是 [certificate]")],
)
def test_a_file_that_cannot_be_read_says_where(run, answers, text, said):
    """A slip in the first line is found as easily as a wrong answer."""
    ran = run("judge", "--facts", answers(text))

    assert ran.code == 2
    assert ran.out == ""
    assert "someone.yaml:" in ran.err.splitlines()[0]
    assert said in ran.err


def test_no_file_is_a_wrong_call(run, tmp_path):
    """To be told to save it as UTF-8 would lead astray."""
    for arguments in (("--facts", str(tmp_path / "nobody.yaml")), ("--facts", str(tmp_path)), ()):
        ran = run("judge", *arguments)

        assert ran.code == 2
        assert len(ran.err.splitlines()) == 1
        assert "nobody.yaml" in ran.err or str(tmp_path) in ran.err or "--facts" in ran.err


def test_the_example_of_the_help_can_be_copied(run, tmp_path):
    """The first file a clerk writes is the one in the help."""
    shown = run("judge", "--help").out.partition("someone.yaml, one fact a line")[2].partition("\n")[2].partition("\n\n")[0]
    path = tmp_path / "someone.yaml"
    path.write_text(dedent(shown), "utf-8")
    ran = run("judge", "--facts", str(path), "--region", "dongying", "--as-of", "2026-11-21")

    assert ran.code == 0, ran.err
    assert "（DY-03）" in ran.out.partition("【基本符合要核对】")[2].partition("【")[0]


@pytest.mark.parametrize(
    ("place", "said"),
    [("", "没写在哪里；按2026年11月21日算。"), ('place: "370502"', "按“山东省东营市东营区”、2026年11月21日算。")],
)
def test_where_and_when_is_said_first(run, answers, place, said):
    """A slip of the finger makes another county of a code; the name shows it before anybody sets out."""
    assert run("judge", "--facts", answers(f"certificate: true\n{place}\n"), "--as-of", DAY).out.splitlines()[0] == said


@pytest.mark.parametrize(
    ("written", "name"),
    [("东营", "山东省东营市"), ("东营区", "山东省东营市东营区"), ("山东省东营市广饶县", "山东省东营市广饶县"), ("四川", "四川省")],
)
def test_a_place_may_be_written_by_its_name(run, answers, written, name):
    """Nobody knows the code of his county by heart."""
    ran = run("judge", "--facts", answers(f"place: {written}\n"), "--as-of", DAY)

    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == f"按“{name}”、2026年11月21日算。"


def test_a_place_of_several_or_none_says_how_to_write_it(run, answers):
    """To take the nearest would judge somebody by another city's policy."""
    several = run("judge", "--facts", answers("place: 朝阳\n")).err
    none = run("judge", "--facts", answers("place: 火星\n")).err

    assert "有几个地方叫“朝阳”; 写清楚是哪一个：" in several
    assert '北京市朝阳区（"110105"）' in several
    assert '辽宁省朝阳市（"211300"）' in several
    assert "没有“火星”这个地方; 写全名，比如 山东省东营市，或者加英文引号的六位编码" in none


def test_a_figure_about_everyone_is_not_what_one_gets(run, answers):
    """“100 families by 2020” under a person's name would read as a promise to that person."""
    out = run("judge", "--facts", answers(FITS), "--as-of", DAY).out

    assert "（工作目标" not in out
    assert "是服务，不发钱" in [line.strip() for line in out.splitlines()]
    assert about(out, "DY-03")[1].startswith("创办补助：5000元")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('certificate: "true"', '不能写 "true"; 去掉引号：true'),
        ('grade: "2"', '不能写 "2"; 去掉引号：2'),
        ('staff: ["1", "3"]', '不能写 ["1", "3"]; 去掉引号：[1, 3]'),
        ("staff: [3, 1]", "[3, 1] 前后写反了; 小的写前面：[1, 3]"),
        ("registered_on: [2026-06-01, 2026-05-01]", "早的写前面：[2026-05-01, 2026-06-01]"),
        ("certificate：true", "这里用了中文冒号“：”; 改成英文的“:”"),
        ("role: firm\ncertificate：true", "someone.yaml:2: -: 这里用了中文冒号“：”"),
        ("staff: [1，3]", "someone.yaml:1: staff: 这里用了中文逗号“，”; 改成英文的“,”"),
        ("{role: firm，certificate: true}", "这里用了中文逗号“，”"),
        ("certificat: true", "没有“certificat”这件事; 是不是 certificate？"),
        ("business_form: sole_tradr", "是不是 sole_trader？写其中一个："),
        ("household: [low_incme]", "是不是 low_income？写列表"),
    ],
)
def test_a_slip_of_the_pen_says_what_to_write(run, answers, line, said):
    """Each of these looks right to who wrote it; only what to write instead helps."""
    ran = run("judge", "--facts", answers(f"{line}\n"))

    assert ran.code == 2
    assert said in ran.err
    assert "facts.yaml" not in ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_range_over_a_threshold_asks_for_more_exactly_what_was_written(run, answers, judged):
    """“Still to be known” beside a date that was given reads as if it had not been."""
    text = FITS.replace("2026-05-21", "[2026-05-01, 2026-05-31]")
    lines = about(run("judge", "--facts", answers(text), "--as-of", DAY).out, "DY-03")

    assert "还要知道：执照日期（写的是2026年5月，要再说准一点）。" in lines
    assert judged(text)[0][SOLE_TRADER]["rough"] == ["registered_on"]
    assert judged(FITS.replace("2026-05-21", "unsure"))[0][SOLE_TRADER]["rough"] == []


@pytest.mark.parametrize(
    ("heads", "sums"), [("[2, 4]", [("贷款额度合计：2到4人×5万元", "10万元到20万元")]), ("[0, 4]", []), ("unsure", [])]
)
def test_sums_for_a_range_of_heads_are_from_to(run, answers, heads, sums):
    """With one end unknown a sum would be made up."""
    out = run("judge", "--facts", answers(FITS + f"    rural_poor_disabled_led: {heads}\n"), "--as-of", DAY).out

    assert [tuple(line.split("\uff1d")) for line in about(out, "DY-06") if "合计" in line] == sums


def test_a_place_outside_the_region_is_pointed_out(run, answers):
    """All is refused then, and it looks as if the person were the reason."""
    said = "注意：文件里写的地方是“山东省东营市”，不在“四川省”里面，“四川省”的政策多半用不上。"

    assert said in run("judge", "--facts", answers(FITS), "--region", "四川", "--as-of", DAY).out.splitlines()
    for region in ("东营", "山东", "广饶县"):
        assert "不在" not in run("judge", "--facts", answers(FITS), "--region", region, "--as-of", DAY).out.splitlines()[1]


def test_a_day_still_to_come_is_pointed_out(run, answers):
    """A year mistyped puts a licence in the future and a person in the wrong."""
    later = FITS.replace("2026-05-21", "2027-05-21")
    said = "注意：“执照日期：2027年5月21日”在判断的日子2026年11月21日之后，看看是不是写错了。"

    assert said in run("judge", "--facts", answers(later), "--as-of", DAY).out.splitlines()
    for text in (FITS, FITS.replace("2026-05-21", DAY), FITS.replace("2026-05-21", "never")):
        assert "看看是不是写错了" not in run("judge", "--facts", answers(text), "--as-of", DAY).out


def test_mistakes_are_told_to_programs_as_data(run, answers):
    """Who asks for JSON reads standard output, and has to show each mistake at its line."""
    ran = run("judge", "--facts", answers("staff: [3, 1]\nrole: x\n"), "--json")
    found = json.loads(ran.out)

    assert ran.code == 2
    assert ran.err == ""
    assert [(one["line"], one["field"], one["code"]) for one in found["problems"]] == [
        (1, "staff", "answer_reversed"),
        (2, "role", "answer_does_not_fit"),
    ]
    assert '"problems"' in run("judge", "--help").out
