"""Groups of open items at the end of a project: one for each cause, with its question and the possible words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from governance.decide.kinds.base import Demand, DemandGroup
from governance.enums import Settled

#: Begins the key of an accepted risk; the other items of its group are actions.
RISK = "risk-"


def _ask_routine(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(n)d routine obligation of %(roles)s ends with the project. Excuse the role?",
        "%(n)d routine obligations of %(roles)s end with the project. Excuse these roles?",
        len(items),
    )
    return sentence % _count(items)


def _ask_never_given(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(roles)s gave no evidence for %(n)d obligation. Excuse the role or carry it over?",
        "%(roles)s gave no evidence for %(n)d obligations. Excuse these roles or carry them over?",
        len(items),
    )
    return sentence % _count(items)


def _ask_conditions(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(n)d condition is not met (%(roles)s). Waive it or carry it over?",
        "%(n)d conditions are not met (%(roles)s). Waive them or carry them over?",
        len(items),
    )
    return sentence % _count(items)


def _ask_risks(items: Sequence[Demand]) -> str:
    risks = sum(item.key.startswith(RISK) for item in items)
    actions = len(items) - risks
    if not actions:
        return ngettext(
            "%(n)d accepted risk remains. Who follows it?", "%(n)d accepted risks remain. Who follows them?", risks
        ) % {"n": risks}
    if not risks:
        return ngettext("%(n)d action remains. Who follows it?", "%(n)d actions remain. Who follows them?", actions) % {
            "n": actions
        }
    counts = {
        "risks": ngettext("%(n)d accepted risk", "%(n)d accepted risks", risks) % {"n": risks},
        "actions": ngettext("%(n)d action", "%(n)d actions", actions) % {"n": actions},
    }
    return _("%(risks)s and %(actions)s remain. Who follows them?") % counts


def _ask_waivers(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(n)d waiver is in force. End it or carry it over?",
        "%(n)d waivers are in force. End them or carry them over?",
        len(items),
    )
    return sentence % _count(items)


def _ask_reviews(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(n)d decision relies on evidence that has changed. Confirm it?",
        "%(n)d decisions rely on evidence that has changed. Confirm them?",
        len(items),
    )
    return sentence % _count(items)


def _ask_acceptance(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(n)d campaign or reservation is open. Waive it or carry it over?",
        "%(n)d campaigns or reservations are open. Waive them or carry them over?",
        len(items),
    )
    return sentence % _count(items)


def _ask_unmeasured(items: Sequence[Demand]) -> str:
    sentence = ngettext(
        "%(n)d criterion or benefit is not measured. Who measures it, and when?",
        "%(n)d criteria and benefits are not measured. Who measures them, and when?",
        len(items),
    )
    return sentence % _count(items)


def _count(items: Sequence[Demand]) -> dict[str, object]:
    """Return the number of items and their roles, for a question."""
    return {"n": len(items), "roles": ", ".join(sorted({item.role for item in items if item.role}))}


CARRIED = Settled.CARRIED
ROUTINE = DemandGroup("routine", gettext_lazy("Routine ends"), (Settled.EXCUSED,), _ask_routine)
NEVER_GIVEN = DemandGroup("never_given", gettext_lazy("Never given"), (Settled.EXCUSED, CARRIED), _ask_never_given)
CONDITIONS = DemandGroup("conditions", gettext_lazy("Conditions"), (Settled.WAIVED, CARRIED), _ask_conditions)
RISKS = DemandGroup("risks", gettext_lazy("Risks and actions"), (Settled.CLOSED, CARRIED), _ask_risks)
WAIVERS = DemandGroup("waivers", gettext_lazy("Waivers"), (Settled.ENDED, CARRIED), _ask_waivers)
REVIEWS = DemandGroup("reviews", gettext_lazy("To review, propose again"), (Settled.CONFIRMED, CARRIED), _ask_reviews)
ACCEPTANCE = DemandGroup("acceptance", gettext_lazy("Acceptance"), (Settled.WAIVED, CARRIED), _ask_acceptance)
UNMEASURED = DemandGroup("unmeasured", gettext_lazy("Not measured"), (Settled.DROPPED, CARRIED), _ask_unmeasured)
#: In the order of the answer's form.
GROUPS = (ROUTINE, NEVER_GIVEN, CONDITIONS, RISKS, WAIVERS, REVIEWS, ACCEPTANCE, UNMEASURED)
#: Words as choices: what the owner does.
VERBS = {
    Settled.EXCUSED: pgettext_lazy("closing", "excuse"),
    Settled.CARRIED: pgettext_lazy("closing", "carry over"),
    Settled.WAIVED: pgettext_lazy("closing", "waive"),
    Settled.CLOSED: pgettext_lazy("closing", "close"),
    Settled.ENDED: pgettext_lazy("closing", "end"),
    Settled.CONFIRMED: pgettext_lazy("closing", "confirm"),
    Settled.DROPPED: pgettext_lazy("closing", "drop"),
}


def term_names(group: DemandGroup) -> tuple[str, str]:
    """Return the terms of a proposal that prepare the word on a group: what becomes of it, and why."""
    return f"closing_{group.code}_fate", f"closing_{group.code}_why"
