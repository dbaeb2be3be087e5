from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.months import add_months, latest_start, whole_months

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def day(text: str) -> date:
    """A day as ISO writes it."""
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("since", "months", "then"),
    [
        ("2025-09-15", 6, "2026-03-15"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2025-03-31", 1, "2025-04-30"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-08-31", -18, "2025-02-28"),
        ("2026-11-21", 0, "2026-11-21"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(since: str, months: int, then: str):
    """A shop registered on 31 August has existed six months on the last of February, not some days later."""
    assert add_months(day(since), months) == day(then)


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        ("2026-05-21", "2026-11-21", 6),
        ("2026-05-22", "2026-11-21", 5),
        ("2026-04-21", "2026-11-21", 7),
        ("2026-04-22", "2026-11-21", 6),
        ("2025-08-31", "2026-02-28", 6),
        ("2025-08-31", "2026-02-27", 5),
        ("2025-08-29", "2026-02-28", 6),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-02-29", "2025-02-27", 11),
        ("2024-02-29", "2028-02-28", 47),
        ("2026-01-31", "2026-03-01", 1),
        ("2026-11-21", "2026-11-21", 0),
        ("2026-11-20", "2026-11-21", 0),
        ("2026-12-01", "2026-11-21", 0),
        ("2027-11-21", "2026-11-21", 0),
    ],
)
def test_only_whole_months_are_counted(since: str, until: str, months: int):
    """One day short of six months is five: whoever is told otherwise goes to the office in vain."""
    assert whole_months(day(since), day(until)) == months


@pytest.mark.parametrize(
    ("months", "until", "start"),
    [
        (6, "2026-11-21", "2026-05-21"),
        (7, "2026-11-21", "2026-04-21"),
        (6, "2026-02-28", "2025-08-31"),
        (6, "2024-02-29", "2023-08-31"),
        (6, "2024-02-28", "2023-08-28"),
        (1, "2026-02-28", "2026-01-31"),
        (12, "2025-02-28", "2024-02-29"),
        (1, "2026-03-31", "2026-02-28"),
        (0, "2026-11-21", "2026-11-21"),
    ],
)
def test_the_latest_start_is_found_at_the_ends_of_months(months: int, until: str, start: str):
    """At the end of February four days in August share one day six months later; the last of them is the cut."""
    assert latest_start(months, day(until)) == day(start)


@given(since=DAYS, months=st.integers(0, 600))
@settings(max_examples=300)
def test_counting_back_finds_what_was_added(since: date, months: int):
    """So many months after a day, so many whole months have passed, and a day earlier they have not."""
    then = add_months(since, months)

    assert whole_months(since, then) == months
    if months:
        assert whole_months(since, then - timedelta(days=1)) < months


@given(until=DAYS, months=st.integers(1, 600))
@settings(max_examples=300)
def test_the_latest_start_is_the_inverse_of_counting(until: date, months: int):
    """The dates told to people (满6个月那天) and the dates read from their words are cut at the same day."""
    start = latest_start(months, until)

    assert whole_months(start, until) == months
    assert whole_months(start + timedelta(days=1), until) == months - 1


@given(since=DAYS, until=DAYS, later=st.integers(0, 400))
@settings(max_examples=200)
def test_waiting_never_makes_it_fewer_months(since: date, until: date, later: int):
    """Who qualifies by time today still does tomorrow."""
    assert whole_months(since, until + timedelta(days=later)) >= whole_months(since, until)
