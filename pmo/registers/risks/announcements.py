"""Notices on risks that turn red or rise above their acceptance: one for each person and act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from pmo.enums import Reason
from pmo.registers.risks.effects import mark_risen
from pmo.registers.risks.enums import Band
from pmo.registers.risks.models import Risk, RiskAcceptance
from pmo.registers.risks.rules import ANSWERING_ROLE, KEEPER
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.models import SENTENCES, Notification
from projects.notices.services import notify
from projects.organisation_settings.queries import organisation, today
from projects.seats.mandates.holders import owners
from roles.models import User


@dataclass(frozen=True)
class RedRisks:
    """The subject of a notice on several red risks: their list, in the language in use."""

    project: Project
    count: int

    @property
    def reference(self) -> str:
        return self.project.code

    @property
    def title(self) -> str:
        return ngettext("%(n)s red risk", "%(n)s red risks", self.count) % {"n": self.count}

    def get_absolute_url(self) -> str:
        return reverse("pmo:risks:risk_list", args=[self.project.code], query={"status": "open", "band": Band.RED})


def is_red(risk: Risk) -> bool:
    """Tell whether the risk is an open red threat."""
    return risk.is_open and not risk.opportunity and risk.residual_band == Band.RED


def announce_red(told: Sequence[tuple[LedgerEvent, Risk]], wait: timedelta | None = None) -> None:
    """Notify the owner, the keepers of the register and the roles that answer of those of these risks that are red.

    Each person gets one notice of an act: on the risk, or on the list of several. Someone whom the event of a risk
    tells already, such as the owner of a risen one, is not told again. Told again on the same day, a list has the
    number of all that are to be treated. The mail leaves after `wait`.
    """
    red = [(event, risk) for event, risk in told if is_red(risk)]
    known = Notification.objects.filter(event__in={event.pk for event, _risk in red}).values_list("event", "recipient")
    already = set(known) if red else set()
    by_person: dict[User, list[tuple[LedgerEvent, Risk]]] = {}
    for event, risk in red:
        seats = (KEEPER | ANSWERING_ROLE).holders(risk)
        for person in dict.fromkeys([*list_owners(risk.project), *(seat.person for seat in seats)]):
            if (event.pk, person.pk) not in already:
                by_person.setdefault(person, []).append((event, risk))
    told_today = list_told_today(RedRisks(red[0][1].project, 0)) if len(red) > 1 else set()
    count = count_to_treat(red[0][1].project) if told_today else 0
    for person, ((event, risk), *others) in by_person.items():
        if not others:
            level = str(risk.residual_level)
            notify(event=event, reason=Reason.RISK_RED, about=risk, people=[person], detail=level, wait=wait)
            continue
        with override(person.language or organisation().language):
            about = RedRisks(risk.project, count if person.pk in told_today else len(others) + 1)
            notify(event=event, reason=Reason.RISKS_RED, about=about, people=[person], wait=wait)


def count_to_treat(project: Project) -> int:
    """Count the open risks of a project that are red and not accepted: those whose treatment is to be selected."""
    return project.risks.red_and_unaccepted(today()).count()


def list_told_today(about: RedRisks) -> set[int]:
    """Return the keys of the people who were told of this list today."""
    told = Notification.objects.standing().filter(reason=Reason.RISKS_RED, link=about.get_absolute_url())
    return set(told.filter(created_at__date=today()).values_list("recipient", flat=True))


def announce_risen(event: LedgerEvent, risk: Risk, accepted: RiskAcceptance) -> None:
    """Mark the decision that accepted the risk, and notify the owner."""
    mark_risen(event.actor, risk, accepted)
    notify(event=event, reason=Reason.RISK_REOPENED, about=risk, people=list_owners(risk.project))


def list_owners(project: Project) -> list[User]:
    """List the project owners in office."""
    return [mandate.holder for mandate in owners(project)]


def _describe_levels(notices: Sequence[Notification]) -> dict[int, str]:
    """Return the level of each red risk; older notices have none."""
    return {
        notice.pk: _("is red (level %(level)s): its treatment is to be selected") % {"level": notice.detail}
        for notice in notices
        if notice.detail
    }


SENTENCES[Reason.RISK_RED] = _describe_levels
