"""Whole months between days, as periods are counted in law: the same day of the month, or its last day."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The day so many months later or earlier.

    >>> str(add_months(date(2025, 9, 15), 6)), str(add_months(date(2025, 8, 31), 6))
    ('2026-03-15', '2026-02-28')
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(since: date, until: date) -> int:
    """How many whole months have passed; 0 for what has not happened yet.

    >>> whole_months(date(2025, 9, 15), date(2026, 3, 15)), whole_months(date(2025, 9, 15), date(2026, 3, 14))
    (6, 5)
    """
    if since >= until:
        return 0
    months = (until.year - since.year) * 12 + until.month - since.month
    if until.day < since.day and add_months(since, months) > until:
        months -= 1
    return months


def latest_start(months: int, until: date) -> date:
    """The last day from which so many whole months have passed.

    >>> str(latest_start(6, date(2026, 2, 28)))
    '2025-08-31'
    """
    day = add_months(until, -months)
    while add_months(day + timedelta(days=1), months) <= until:
        day += timedelta(days=1)
    return day
