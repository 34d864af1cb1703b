"""Create the data of the bench: a project that fills its pages, and pending files of the same owner in another one.

The product's own services write everything, as the runtime role, each act in its own transaction.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

from governance.enums import Outcome
from governance.models import Proposal
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project
from roles.enums import PublicationState
from roles.models import RoleTemplate, User
from tests import acts

Rounds = Callable[[int], Iterable[int]]
LISTED = 20  # times three files, one of them answered: 60 proposals, 20 decisions, more than a page of each
ANSWERED_BEFORE = 3
#: A kind that the AMOA may also propose before the launch, and whose approval changes nothing else.
KIND = "arbitration"


class Place:
    """The people of the cast on new projects. `email` maps their keys to addresses."""

    def __init__(self, email: dict[str, str]) -> None:
        people = User.objects.in_bulk(email.values(), field_name="email")
        self.owner, self.pmo, self.amoa, self.admin = (
            people[email[key]] for key in ("owner", "pmo", "amoa", "staff_admin")
        )
        self.listed, self.queue = self._project("B", "Bench"), self._project("Q", "Queue")
        self.text = acts.draft(self.amoa, self.queue, KIND)

    def _project(self, prefix: str, title: str) -> Project:
        fields: dict[str, Any] = {
            "code": title.upper(),
            "prefix": prefix,
            "title_fr": title,
            "title_en": title,
            "language": "fr",
            "starts_on": timezone.localdate(),
            "ends_on": acts.FUTURE,
        }
        project = found_project(actor=self.admin, owner=self.owner, fields=fields)
        for code, holder in (("PMO", self.pmo), ("AMOA", self.amoa)):
            role = RoleTemplate.objects.get(pack="fr", code=code, state=PublicationState.PUBLISHED)
            appoint(actor=self.owner, project=project, role=role, holder=holder)
        return project

    def fill(self, waiting: int, rounds: Rounds, listed: int = LISTED) -> None:
        """Write `listed` times three proposals, one answered before and ready again, and `waiting` in the queue."""
        self.waiting: list[Proposal] = []
        for number in rounds(listed + waiting):
            if number < listed:
                acts.prepare(self.amoa, self.pmo, project=self.listed, kind=KIND)
                acts.submit(self.amoa, acts.draft(self.amoa, self.listed, KIND))
                answered = acts.prepare(self.amoa, self.pmo, project=self.listed, kind=KIND)
                acts.decide(self.owner, answered, Outcome.APPROVED_WITH_CONDITIONS)
            else:
                self.waiting.append(acts.prepare(self.amoa, self.pmo, project=self.queue, kind=KIND))
        self.dossier = acts.prepare(self.amoa, self.pmo, project=self.listed, kind=KIND)
        for _ in range(ANSWERED_BEFORE):
            acts.decide(self.owner, self.dossier, Outcome.REWORK)
            acts.submit(self.amoa, self.dossier)
            acts.advise(self.pmo, self.dossier)
