"""Whole people against all rules: the sample personas of the reference folder, and our own in ``personas/``.

Our own were derived from the documents before the rules were read, as a second reading of them. A file is one person::

    policy: dongying-2017
    as_of: 2019-03-15
    story: 广饶大王镇农村的……
    facts: {role: own_business, …}            # as in the cases of the rules
    expected:
      - {code: DY-03, verdict: match_check, decisive: 正好满6个月，“以上”含本数}
      - {code: DY-04, verdict: not_now, blocked_by: [business_form], decisive: 领的不是小微企业执照}

``verdict`` is one or several, where the document leaves it open; ``decisive`` is why, for the reader. ``blocked_by`` are facts that must be
in the way, ``needs`` those still asked for; ``heads``, ``additions`` (how many) and ``otherwise`` are checked where they are written.
"""

import re
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.content.knowledge import Knowledge
from bot.content.policy import Validity
from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.eligibility.conditions import asked_leaves
from bot.eligibility.judge import AREA
from bot.eligibility.verdict import Judgement, Verdict
from bot.engine import Engine
from bot.staff.answer_file import read_answers
from tests.cases.eligibility.rule_cases import (
    HERE,
    Misread,
    in_file,
    judge,
    listed,
    misnamed,
    no_complaints,
    one_or_several,
    shown,
    told_plainly,
    unknown_verdicts,
    unreadable,
)
from tests.cases.eligibility.sample_personas import DECISIVE, MEASURES, Facts, Persona, read_persona, ready_on

JUDGED = ("DY-04", "CD-03", "SC-03", "LY-05")
"""The sample personas some policy covers."""

NOT_COVERED = "OUT-03"
"""The one no policy covers."""

POSITIVE = {Verdict.MATCH, Verdict.MATCH_CHECK}
NEGATIVE = {Verdict.NEAR, Verdict.NOT_NOW}
OWN = sorted((HERE / "personas").glob("*.yaml"))
CHINA = timezone(timedelta(hours=8))

VALIDITY = {"in_force": Validity.IN_FORCE, "no_end_date_recent": Validity.NOT_STATED, "expired": Validity.ENDED}
"""How the personas call the ways a policy can read on a day."""

MENTIONED = {
    "只针对深度贫困县通榆县、汪清县": r"只管.*通榆县.*汪清县",
    "2018年度，已到期": r"到期.*2018年",
    "对象是建档立卡贫困劳动力": r"对象是建档立卡农村贫困劳动力",
    "长春的政策资料里没有": r"长春市.*不在范围里",
}
"""What the reply to the person nobody covers must say, as it is said here."""

CLAIMED = {"可以申请20万": r"(?<!不)(可以|能)(申请|办|贷|借).{0,8}20\s*万|20\s*万.{0,6}可以", "拨打0431-82902222": r"82902222"}
"""And what it must not."""


@pytest.fixture(scope="session")
def people(sample_personas: Path, knowledge: Knowledge) -> dict[str, Persona]:
    """The sample personas by id."""
    return {written["id"]: read_persona(written, knowledge.regions) for written in in_file(sample_personas)["personas"]}


def judged(facts: Facts, as_of: date) -> dict[str, Judgement]:
    """Every measure somebody with these facts can be judged on, by entry id."""
    answers = read_answers(facts, judge().facts)
    assert judge().book.clashes(answers) == ()
    return {found.entry_id: found for found in judge().judge_all(answers, as_of)}


def judged_by_code(facts: Facts, as_of: date) -> dict[str, Judgement]:
    """The same by the measures' codes."""
    return {judge().measures[entry_id].measure.code: found for entry_id, found in judged(facts, as_of).items()}


def status_of(found: Judgement | None) -> str:
    """How a persona's file would call it; a measure nobody can be judged on is unknown."""
    if found is None or found.otherwise is Verdict.UNKNOWN:
        return "unknown"
    return "eligible" if found.otherwise in POSITIVE else "not_eligible"


def claims_for(found: Judgement | None, validity: Validity) -> set[str]:
    """What may be said about claiming it now."""
    if found is None or found.verdict is Verdict.UNKNOWN:
        return {"cannot_say"}
    if found.verdict in NEGATIVE:
        return {"no"}
    if found.verdict is Verdict.CLOSED:
        return {"no_not_yet" if validity is Validity.NOT_YET else "no_expired"}
    return {"yes", "verify"} if found.verdict is Verdict.MATCH_CHECK and validity is Validity.NOT_STATED else {"yes"}


def blocking(found: Judgement) -> set[str]:
    """The ids of the conditions in the way."""
    return {leaf.id for blocked in found.blocked for leaf in blocked.leaves}


def blocking_facts(found: Judgement) -> set[str]:
    """The facts behind them."""
    leaves = [leaf for blocked in found.blocked for leaf in blocked.leaves]
    return {fact for leaf in leaves for fact in (leaf.fact, leaf.asked, *(inner.asked for inner in asked_leaves(leaf)))}


def benefits_of(persona: Persona) -> list[tuple[dict[str, Any], str, Judgement | None]]:
    """Every benefit of the file with each measure of ours it is, and how that was judged."""
    found = judged_by_code(persona.facts, persona.as_of)
    return [(benefit, code, found.get(code)) for benefit in persona.expected["benefits"] for code in MEASURES[benefit["id"]]]


def validity_of(knowledge: Knowledge, code: str, day: date) -> Validity:
    """How the policy of a measure reads on a day."""
    return next(policy.validity_on(day) for policy, measure in knowledge.measures() if measure.code == code)


def reply_to(persona: Persona, engine: Engine) -> str | None:
    """What the chat says to a persona's story; not rendered yet for those it has to ask more."""
    if persona.expected["coverage"] == "covered":
        return None
    now = datetime.combine(persona.as_of, time(12), CHINA)
    reply = engine.respond(Session(), Message("c", persona.story), now).reply
    return "\n".join(line for block in reply.blocks for line in block.lines)


def test_every_sample_persona_is_one_of_those_judged(people):
    """One that is added to the file and not here would be judged by nobody."""
    assert people.keys() == {*JUDGED, NOT_COVERED}


@pytest.mark.parametrize("persona_id", JUDGED)
def test_a_sample_persona_gets_every_benefit_judged_as_the_file_has_it(people, persona_id):
    """Eligible, not eligible or unknown is the answer people come for; ``accept_also`` is right as well. Optional ones are judged too."""
    wrong = [
        f"{benefit['id']} {code}: {status_of(found)}, not {benefit['status']} ({benefit['decisive']})"
        for benefit, code, found in benefits_of(people[persona_id])
        if status_of(found) not in {benefit["status"], *benefit.get("accept_also", ())}
    ]

    assert wrong == []


@pytest.mark.parametrize("persona_id", JUDGED)
def test_a_sample_persona_is_told_rightly_whether_to_claim_now(people, knowledge, persona_id):
    """Conditions met are no money if the document has ended, and none can be promised where it names no date."""
    persona = people[persona_id]
    wrong = []
    for benefit, code, found in benefits_of(persona):
        claims = claims_for(found, validity_of(knowledge, code, persona.as_of))
        if status_of(found) == benefit["status"] and benefit["claim_now"] not in claims:
            wrong.append(f"{benefit['id']} {code}: {sorted(claims)}, not {benefit['claim_now']}")

    assert wrong == []


def test_conditions_left_open_are_never_a_plain_match(people):
    """Where the document says 符合条件的 and lists nothing, only the office can say yes."""
    open_ = {
        code: found and found.otherwise
        for persona_id in JUDGED
        for benefit, code, found in benefits_of(people[persona_id])
        if benefit.get("open_condition")
    }

    assert open_ == dict.fromkeys(("DY-07", "CD-18", "LY-07"), Verdict.MATCH_CHECK)


def test_what_a_sample_persona_nearly_gets_is_near_with_the_day(people):
    """差一点 is worth money to the person, and the day tells when to come back."""
    expected = {}
    found = {}
    for persona in (people[persona_id] for persona_id in JUDGED):
        judgements = judged_by_code(persona.facts, persona.as_of)
        for nearly in persona.expected.get("nearly", ()):
            for code in MEASURES[nearly["benefit"]]:
                expected[code] = (Verdict.NEAR, ready_on(nearly["when"]))
                found[code] = (judgements[code].verdict, judgements[code].ready_on)

    assert found == expected
    assert found.keys() == {"DY-04"}


@pytest.mark.parametrize("persona_id", JUDGED)
def test_what_decides_against_a_sample_persona_is_among_the_reasons(people, persona_id):
    """A right no for a wrong reason sends the person to the wrong office."""
    refused = {code: blocking(found) for _, code, found in benefits_of(people[persona_id]) if found and found.otherwise in NEGATIVE}

    assert refused.keys() == DECISIVE[persona_id].keys()
    assert {code: reasons for code, reasons in DECISIVE[persona_id].items() if not reasons <= refused[code]} == {}


@pytest.mark.parametrize("persona_id", JUDGED)
def test_a_sample_personas_policy_reads_on_the_day_as_the_file_has_it(people, knowledge, persona_id):
    """The same facts on another day are another answer."""
    persona = people[persona_id]
    expected = VALIDITY[persona.expected["validity"]["state"]]

    assert {validity_of(knowledge, code, persona.as_of) for _, code, _ in benefits_of(persona)} == {expected}


def test_no_waiting_helps_the_blind_masseur(people):
    """满半年以上 is the district's target for its townships: nobody gets anything for waiting one more month."""
    persona = people["LY-05"]

    assert [found.entry_id for found in judged(persona.facts, persona.as_of).values() if found.ready_on is not None] == []


def test_nothing_fits_somebody_no_policy_covers(people):
    """Two counties of a province are not the province."""
    persona = people[NOT_COVERED]
    found = judged(persona.facts, persona.as_of).values()

    assert {one.verdict for one in found} == {Verdict.NOT_NOW}
    assert all(AREA in blocking(one) for one in found)


def test_somebody_no_policy_covers_is_told_why_and_nothing_else(people, engine):
    """The loan somebody heard of was for poor workers of two counties, is over, and its newspaper's phone number helps nobody."""
    persona = people[NOT_COVERED]
    reply = reply_to(persona, engine)

    assert reply is not None
    assert MENTIONED.keys() == set(persona.expected["must_mention"])
    assert CLAIMED.keys() == set(persona.expected["must_not_claim"])
    assert [what for what, pattern in MENTIONED.items() if not re.search(pattern, reply)] == []
    assert [what for what, pattern in CLAIMED.items() if re.search(pattern, reply)] == []


KEYS = {"code", "verdict", "decisive", "blocked_by", "needs", "heads", "additions", "otherwise"}


def own(path: Path) -> dict[str, Any]:
    """One of our own people.

    Raises:
        Misread: Something in the file cannot be understood.
    """
    written = in_file(path)
    names = {"policy", "as_of", "story", "facts", "expected"}
    wrong = misnamed(written, names, needed=names)
    if wrong:
        raise Misread(shown(path), wrong)
    wrong += [f"facts：{one}" for one in unreadable(written["facts"])]
    for number, expected in enumerate(written["expected"], 1):
        mistakes = [*misnamed(expected, KEYS, needed=("code", "verdict", "decisive")), *unknown_verdicts(expected)]
        wrong += [f"{expected.get('code', f'第{number}条')}：{one}" for one in mistakes]
    if wrong:
        raise Misread(shown(path), wrong)
    return written


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_a_person_read_out_of_the_document_is_judged_as_the_document_reads(path):
    """A rule can agree with its own cases and not with the document: these were written from the document alone."""
    with told_plainly():
        written = own(path)
    found = judged_by_code(written["facts"], written["as_of"])

    no_complaints(
        shown(path), [f"{expected['code']}：{complaint}" for expected in written["expected"] for complaint in complaints(expected, found)]
    )


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_nothing_fits_outside_the_persons_own_policy(path):
    """A document of another place gives nothing, however well its conditions are met."""
    with told_plainly():
        written = own(path)
    found = judged(written["facts"], written["as_of"]).items()
    elsewhere = {entry_id: one.otherwise for entry_id, one in found if judge().measures[entry_id].policy.id != written["policy"]}
    wrong = [f"{entry_id}：是别处的政策，结论却是 {verdict}" for entry_id, verdict in elsewhere.items() if verdict is not Verdict.NOT_NOW]

    no_complaints(shown(path), wrong)


def test_each_policy_has_two_people_of_its_own():
    """A policy nobody has read a second time has its mistakes still in it."""
    with told_plainly():
        written = [own(path)["policy"] for path in OWN]
    policies = sorted({*written, *(one.policy.id for one in judge().measures.values())})
    wrong = [f"{policy}：要正好两个人，现在有 {written.count(policy)} 个" for policy in policies if written.count(policy) != 2]

    no_complaints(shown(HERE / "personas"), wrong)


def complaints(expected: dict[str, Any], judgements: dict[str, Judgement]) -> list[str]:
    """How a judgement differs from what the file expects, in plain words; empty if it does not."""
    found = judgements.get(expected["code"])
    if found is None:
        return ["没有这个编号，或者它的规则写了 not_individual：把这一行删掉"]
    facts = blocking_facts(found)
    wrong = []
    for name, what in (("verdict", "结论"), ("otherwise", "不看日期的结论")):
        if name in expected and getattr(found, name) not in one_or_several(expected[name]):
            right = "或".join(one_or_several(expected[name]))
            reason = (
                f"（不满足：{listed(blocking(found))}）" if found.blocked else f"（还差：{listed(found.needs)}）" if found.needs else ""
            )
            wrong.append(f"{what}是 {getattr(found, name)}{reason}，这里写的是 {right}（{expected['decisive']}）")
    if set(expected.get("blocked_by", ())) - facts:
        wrong.append(f"挡住的事是 {listed(facts)}，这里写的 blocked_by 是 {listed(expected['blocked_by'])}")
    if "needs" in expected and set(found.needs) != set(expected["needs"]):
        wrong.append(f"还差的事是 {listed(found.needs)}，这里写的 needs 是 {listed(expected['needs'])}")
    if "heads" in expected and [number for _, number in found.heads] != [expected["heads"]]:
        wrong.append(f"按人头算的是 {dict(found.heads)}，这里写的 heads 是 {expected['heads']}")
    if "additions" in expected and len(found.additions) != expected["additions"]:
        wrong.append(f"另外成立的话有 {len(found.additions)} 句，这里写的 additions 是 {expected['additions']}")
    return wrong


def test_a_person_judged_otherwise_is_told_in_plain_words():
    """Two readings that differ are settled with the document, so both and the reason are named."""
    path = HERE / "personas" / "dy-exactly-six-months.yaml"
    written = own(path)
    found = judged_by_code(written["facts"], written["as_of"])
    code = {"code": "DY-04", "decisive": "领的不是小微企业执照"}

    assert complaints({**code, "verdict": "not_now", "blocked_by": ["business_form"]}, found) == []
    assert re.fullmatch(
        r"结论是 not_now（不满足：.*form.*），这里写的是 match或near（领的不是小微企业执照）",
        *complaints({**code, "verdict": ["match", "near"]}, found),
    )
    assert complaints({**code, "code": "DY-99", "verdict": "match"}, found) == [
        "没有这个编号，或者它的规则写了 not_individual：把这一行删掉"
    ]
