import pytest

from bot.language.pinyin import fold, initials, sound, sounds, split_latin, syllables


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("canjiren", ("can", "ji", "ren")),
        ("can ji ren", ("can", "ji", "ren")),
        ("xian", ("xian",)),
        ("xi'an", ("xi", "an")),
        ("chuangye butie", ("chuang", "ye", "bu", "tie")),
        ("lv", ("lv",)),
        ("nvren", ("nv", "ren")),
        ("zhengce", ("zheng", "ce")),
    ],
)
def test_joined_and_spaced_pinyin_is_split(typed: str, heard: tuple[str, ...]):
    """People type pinyin with and without blanks; an apostrophe or blank is a boundary."""
    assert split_latin(typed) == heard


@pytest.mark.parametrize("typed", ["hello", "cjr", "https", "w", "vip"])
def test_what_is_no_pinyin_is_not_split(typed: str):
    """English words and abbreviations must not become Chinese syllables."""
    assert split_latin(typed) is None


@pytest.mark.parametrize(("typed", "heard"), [("lue", ("lve",)), ("shenglue", ("sheng", "lve")), ("nue", ("nve",))])
def test_u_with_dots_is_written_v(typed: str, heard: tuple[str, ...]):
    """ü has no key: people type v or u, and both must meet the same syllable."""
    assert split_latin(typed) == heard


def test_the_dotted_u_of_a_character_is_written_v():
    """女 and 旅 are typed nv and lv."""
    assert (sound("女"), sound("旅"), sound("略")) == (("nv",), ("lv",), ("lve",))


@pytest.mark.parametrize(
    ("one", "other"),
    [("zheng", "zen"), ("chang", "can"), ("shi", "si"), ("nan", "lan"), ("ying", "yin"), ("niang", "lian"), ("huang", "huan")],
)
def test_syllables_that_regional_speech_merges_fold_to_one(one: str, other: str):
    """Many who speak Sichuan or Hunan dialect type zh as z, n as l and drop the final g."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ba", "pa"), ("di", "ti"), ("dong", "deng"), ("n", "l"), ("an", "en")])
def test_syllables_that_nobody_merges_stay_apart(one: str, other: str):
    """Folding too much would turn every word into every other."""
    assert fold(one) != fold(other)


def test_the_usual_reading_comes_first():
    """贷款 has one reading, 成都 two; the usual one is tried first."""
    assert sound("贷款") == ("dai", "kuan")
    assert ("cheng", "du") in sounds("成都")
    assert sounds("重庆")[0] in {("chong", "qing"), ("zhong", "qing")}


def test_a_character_without_a_reading_has_no_sound():
    """Latin letters, digits and very rare characters are not guessed at."""
    assert sound("残ji人") is None
    assert sounds("5千") == ()


def test_initials_are_the_first_letters_of_the_syllables():
    """Cjr and cybt are how young people abbreviate."""
    assert (initials("残疾人"), initials("创业补贴")) == ("cjr", "cybt")


def test_every_syllable_is_toneless_and_plain():
    """A tone mark or a ü in the table would never match what is typed."""
    assert all(syllable.isascii() and syllable.isalpha() and syllable.islower() for syllable in syllables())
    assert len(syllables()) > 390
