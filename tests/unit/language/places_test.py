from collections.abc import Callable

import pytest

from bot.content.knowledge import Knowledge
from bot.content.region import contains
from bot.language.normalize import normalize
from bot.language.places import Gazetteer, own_places
from bot.retrieval.understand import Understanding

Names = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def gazetteer(understanding: Understanding) -> Gazetteer:
    """All names of the country."""
    return understanding.gazetteer


@pytest.fixture(scope="module")
def named(gazetteer: Gazetteer, knowledge: Knowledge) -> Names:
    """The full names of the places named in a text."""
    return lambda text: [knowledge.regions.full_name(place.code) for place in gazetteer.find(normalize(text))]


@pytest.fixture(scope="module")
def own(gazetteer: Gazetteer, knowledge: Knowledge) -> Names:
    """The full names of the writer's own places."""

    def find(text: str) -> list[str]:
        normal = normalize(text)
        return [knowledge.regions.full_name(code) for code in own_places(gazetteer.find(normal), normal, knowledge.lexicon.place_cues.join)]

    return find


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("天津市人", "天津市"),
        ("津市的残疾人", "湖南省常德市津市市"),
        ("新津", "四川省成都市新津区"),
        ("东营", "山东省东营市"),
        ("东营广饶", "山东省东营市广饶县"),
        ("山东省东营市广饶县", "山东省东营市广饶县"),
        ("在天津市和平区开店", "天津市和平区"),
        ("汉寿", "湖南省常德市汉寿县"),
        ("腾冲", "云南省保山市腾冲市"),
        ("保山隆阳", "云南省保山市隆阳区"),
        ("兰州新区", "甘肃省兰州市"),
        ("长春", "吉林省长春市"),
        ("汪清", "吉林省延边朝鲜族自治州汪清县"),
        ("成都武侯", "四川省成都市武侯区"),
        ("临夏", "甘肃省临夏回族自治州"),
        ("內蒙古", "内蒙古自治区"),
    ],
)
def test_the_longest_name_wins_and_a_county_after_its_city_is_one_place(named: Names, text: str, full: str):
    """天津市 holds 津市, a city in Hunan; 东营广饶 is one place and not two."""
    assert named(text) == [full]


@pytest.mark.parametrize(
    "text",
    [
        "便宜春节",
        "每天水电费",
        "大理石",
        "合作社",
        "今天心情不好",
        "我们县",
        "政府和政策",
        "东北大米",
        "平安健康",
        "通过审核",
        "合同和工资",
        "京东开店",
        "电商平台",
        "吉祥如意",
        "重大疾病",
    ],
)
def test_a_name_that_stands_there_by_accident_is_no_place(named: Names, text: str):
    """宜春 in 便宜春节 and 天水 in 每天水电费 sent people to the wrong province."""
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("我户口在常德，人在广东打工", "湖南省常德市"),
        ("以前在深圳打工，现在在东营", "山东省东营市"),
        ("我以前在东营，现在在常德", "湖南省常德市"),
        ("朋友在东营，我在甘肃", "甘肃省"),
        ("听说东营有补贴，我们隆阳有吗", "云南省保山市隆阳区"),
        ("表哥在常德开店，我在东营能领吗", "山东省东营市"),
        ("从东营搬到了成都", "四川省成都市"),
        ("去年从广东回四川老家", "四川省"),
        ("东莞打工的四川人", "四川省"),
        ("不是东营，是常德", "湖南省常德市"),
        ("我在东营广饶开店", "山东省东营市广饶县"),
    ],
)
def test_the_writers_own_place_beats_one_merely_mentioned(own: Names, text: str, full: str):
    """A friend's town must not decide which policy is answered."""
    assert own(text) == [full]


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("常德和隆阳哪个好", ["湖南省常德市", "云南省保山市隆阳区"]),
        ("东营跟四川比", ["山东省东营市", "四川省"]),
        ("东营、常德和四川", ["山东省东营市", "湖南省常德市", "四川省"]),
        ("甘肃还是四川补得多", ["甘肃省", "四川省"]),
    ],
)
def test_places_joined_by_a_word_all_count(own: Names, text: str, full: list[str]):
    """Who asks about two places gets both."""
    assert own(text) == full


def test_no_place_is_nobodys_own(own: Names):
    """Unknown stays unknown: the bot then asks."""
    assert own("开网店有补贴吗") == []


def test_a_county_has_its_city_and_province_around_it(knowledge: Knowledge):
    """汉寿 finds the policy of 常德 through its parents, nearest first."""
    regions = knowledge.regions
    names = [regions.name(code) for code in regions.parents("430722")]

    assert (regions.name("430722"), names) == ("汉寿县", ["常德市", "湖南省"])
    assert regions.parents("430000") == ()


@pytest.mark.parametrize(
    ("name", "code"), [("东营", "370500"), ("常德市", "430700"), ("山东东营广饶", "370523"), ("火星", None), ("", None)]
)
def test_a_place_given_by_name_is_looked_up(gazetteer: Gazetteer, name: str, code: str | None):
    """`--region` takes what people call a place."""
    assert gazetteer.lookup(name) == code


def test_no_full_official_name_leads_elsewhere(gazetteer: Gazetteer, knowledge: Knowledge):
    """A full name with its province is never ambiguous; a county whose name is an everyday word may stop at its city, no further."""
    regions = knowledge.regions
    astray = {}
    for code in regions.names:
        full = normalize(regions.full_name(code))
        found = [place.code for place in gazetteer.find(full)]
        if len(found) != 1 or not contains(found[0], code):
            astray[full] = [regions.full_name(one) for one in found]

    assert astray == {}


def test_places_stand_where_they_were_heard(gazetteer: Gazetteer):
    """The name is cut out of the text before the search."""
    text = "我在东营广饶，老家常德"

    assert [(text[place.start : place.end], place.heard) for place in gazetteer.find(text)] == [("东营广饶", "东营广饶"), ("常德", "常德")]
