"""A policy in lines: whether it still holds on a day, where it holds, what document it is, whom to ask."""

from collections.abc import Callable, Iterable
from datetime import date

from bot.content.knowledge import Knowledge
from bot.content.policy import Policy, Successor, Validity
from bot.content.region import Level, contains, level_of
from bot.reply.measure_lines import unstopped

_OLD_AFTER_YEARS = 5
_MOST_OFFICES = 2
_FAR_NUMBER = "12333"
"""The hotline that needs an area code from another city."""
_ANYTHING = "12345"


class PolicyLines:
    """Writes what concerns a policy as a whole."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Write from this snapshot of the knowledge."""
        self._say: Callable[..., str] = knowledge.wording.say
        self._regions = knowledge.regions
        self._area_codes = knowledge.contacts.area_codes
        self._offices = {office.id: office for office in knowledge.contacts.offices}

    def say_date(self, day: date) -> str:
        """A day as people say it."""
        return self._say("date", year=day.year, month=day.month, day=day.day)

    def opening(self, policy: Policy, day: date, *, again: bool = False) -> list[str]:
        """What must be said before anything else: that it has ended, or has not begun; with ``again`` in a few words."""
        match policy.validity_on(day):
            case Validity.ENDED if again:
                return [self._say("ended_again", policy=policy.short_name)]
            case Validity.ENDED if policy.valid.to:
                titles = _titles(policy, "may_replace")
                successor = self._say("ended_successor", titles=titles) if titles else self._say("ended_no_successor")
                return [self._say("ended_opening", policy=policy.short_name, to=self.say_date(policy.valid.to)), successor]
            case Validity.NOT_YET if policy.valid.from_:
                return [self._say("not_yet", **{"from": self.say_date(policy.valid.from_)})]
            case _:
                return []

    def status(self, policy: Policy, day: date, *, newer: bool = False) -> list[str]:
        """What to know before acting on a policy that has not ended; with ``newer`` also which documents are newer or run beside it."""
        match policy.validity_on(day):
            case Validity.IN_FORCE if policy.valid.to:
                return [self._say("in_force_until", to=self.say_date(policy.valid.to))]
            case Validity.NOT_STATED:
                years = day.year - policy.written_year
                old = years >= _OLD_AFTER_YEARS
                lines = [self._say("not_stated_old", year=policy.written_year, years=years) if old else self._say("not_stated_recent")]
                for relation, key in (("may_replace", "ended_successor"), ("runs_beside", "runs_beside")):
                    if newer and (titles := _titles(policy, relation)):
                        lines.append(self._say(key, titles=titles))
                return lines
            case _:
                return []

    def status_word(self, policy: Policy, day: date) -> str:
        """The same in two words, for a list."""
        keys = {Validity.ENDED: "status_ended", Validity.NOT_STATED: "status_not_stated"}
        return self._say(keys.get(policy.validity_on(day), "status_in_force"))

    def area_note(self, policy: Policy, region: str | None) -> list[str]:
        """A reminder where the person's place is larger than the policy's area."""
        if region is None or any(contains(code, region) for code in policy.regions):
            return []
        return [self._say("own_area_note", area=self._regions.name(region), coverage=policy.coverage)]

    def contacts(self, policy: Policy, offices: Iterable[str], region: str | None) -> list[str]:
        """The offices to ask, best first, each with the hotline that reaches it."""
        lines = []
        for office in (self._offices[office_id] for office_id in tuple(offices)[:_MOST_OFFICES]):
            phone: str = office.hotline
            if phone == _FAR_NUMBER and (area_code := self._area_code(region or policy.regions[0])):
                phone = self._say("office_phone_far", phone=phone, area_code=area_code)
            name = office.name if office.id == "hotline" else f"{self._place(policy, region)}{office.name}"
            lines.append(self._say("contact_line", office=name, phone=phone))
        known = any(_ANYTHING in line for line in lines)
        return [*dict.fromkeys(lines), self._say("final_word" if known else "contact_fallback")]

    def document(self, policy: Policy) -> list[str]:
        """What document it is: title, contents, area, number, issuers, dates, what it is silent about."""
        number = self._say("policy_number", number=policy.number) if policy.number else self._say("policy_number_unknown")
        lines = [self._say("policy_overview", title=policy.title, overview=policy.overview), policy.coverage, number]
        lines.append(self._say("policy_issuers", issuers="、".join(policy.issuers)))
        if policy.date_note:
            lines.append(self._say("policy_date", text=unstopped(policy.date_note)))
        lines.append(self._say("policy_date", text=unstopped(policy.valid.basis)))
        if policy.repeals:
            lines.append(self._say("policy_repeals", documents="、".join(policy.repeals)))
        return [*lines, self._say("policy_silent", text=policy.silent)]

    def _place(self, policy: Policy, region: str | None) -> str:
        """Whose office to ask: the person's own city or county, else the policy's; a province has none for callers."""
        if region is not None and level_of(region) is not Level.PROVINCE and any(contains(code, region) for code in policy.regions):
            return self._regions.name(region)
        if all(level_of(code) is Level.PROVINCE for code in policy.regions):
            return self._say("local")
        return policy.place

    def _area_code(self, region: str) -> str | None:
        return self._area_codes.get(region) or self._area_codes.get(region[:4] + "00")


def _titles(policy: Policy, relation: str) -> str:
    chosen: list[Successor] = [successor for successor in policy.successors if successor.relation == relation]
    return "、".join(f"《{one.title}》{one.number or ''}" for one in chosen)
