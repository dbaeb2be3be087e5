"""Amounts as people read them: 5000元, 不低于1.2万元, 最高10万元, 利息全额."""

from bot.content.measure import Amount, AmountRole
from bot.content.wording import Wording
from bot.language.numerals import say_number


def say_amount(amount: Amount, wording: Wording) -> str:
    """One amount as a phrase: its figure with unit, how exact it is, and what it is of; its note in brackets."""
    if amount.not_stated:
        text = amount.say or wording.say("amount_not_stated")
    elif amount.say:
        text = amount.say
    elif amount.same_as:
        text = wording.say("amount_same_as", figure=amount.same_as)
    else:
        text = _bounded(amount, wording)
        if amount.of:
            text = wording.say("amount_percent_of", of=amount.of, figure=text)
    role = {AmountRole.TARGET: "amount_target", AmountRole.QUOTA: "amount_quota", AmountRole.ADMIN_CAP: "amount_admin_cap"}.get(amount.role)
    if role and not amount.note:
        text = wording.say(role, figure=text)
    extra = [part for part in (amount.per, amount.note) if part]
    if amount.role is AmountRole.LOAN and not amount.not_stated and not amount.note:
        extra.append(wording.say("amount_loan_note"))
    return f"{text}（{'；'.join(extra)}）" if extra else text


def amount_line(amount: Amount, wording: Wording) -> str:
    """One amount with its label, as a line."""
    return wording.say("amount_line", label=amount.label, figure=say_amount(amount, wording))


def multiplied_line(amount: Amount, heads: int, wording: Wording) -> str:
    """An exact amount for each person, times so many people: two people at 5万元 make 10万元."""
    each = amount.exactly or 0
    unit = amount.unit or ""
    return wording.say(
        "amount_multiplied", label=amount.label, heads=heads, each=f"{say_number(each)}{unit}", total=f"{say_number(each * heads)}{unit}"
    )


def _bounded(amount: Amount, wording: Wording) -> str:
    for key, value in (("amount_exactly", amount.exactly), ("amount_at_least", amount.at_least), ("amount_at_most", amount.at_most)):
        if value is not None:
            return wording.say(key, figure=f"{say_number(value)}{amount.unit or ''}")
    return wording.say("amount_not_stated")
