"""Attack the triggers of marks of dependence: none is forged, and no opinion passes as independent (R8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.enums import Act
from governance.models import IndependenceMark, Opinion, Proposal
from projects.ledger.services import record
from projects.models import Mandate
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.services import link_organisations
from tests import acts
from tests.attacks import Attacks, leaves
from tests.database import fire_deferred_triggers, refusal
from tests.governance.world import World as Files

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FORGED = "A mark says what the recorded facts say (R8)"
OF_ITS_OPINION = "A mark is about the instant and the mandate of its opinion (R8)"
OF_ITS_INSTANT = "A mark of a seat is about the instant at which it is made (R8)"
UNMARKED = "An opinion whose author is not independent is marked by its act (R8)"


class World(Files):
    """The AMOA's organisation works for the provider's, and raw writes of marks and opinions."""

    def __init__(self, cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> None:
        super().__init__(cast, proposal)
        project = proposal("submitted").project
        self.files = [acts.draft(cast["pmo"], project, "change") for _ in range(2)]
        for file in self.files:
            acts.submit(cast["pmo"], file)
        self.given = acts.advise(cast["amoa"], self.files[0])
        fire_deferred_triggers()
        self.since = timezone.localdate() - 3 * DAY
        self.link = link_organisations(
            actor=cast["staff_admin"],
            organisation=cast["amoa"].organisation,
            kind=LinkKind.SUBCONTRACTOR,
            other=cast["moe"].organisation,
            starts_on=self.since,
            source="Register",
        )
        self.seat, self.other = self.mandate("amoa"), self.mandate("moe")

    def mark(self, **changes: Any) -> IndependenceMark:
        """Write the mark of the AMOA's seat past the services."""
        now = timezone.now()
        fields = {
            "mandate": self.seat,
            "other": self.other,
            "organisation": self.cast["moe"].organisation,
            "since": self.since,
            "judged_at": now,
            "acted_at": now,
        }
        return IndependenceMark.objects.bulk_create([IndependenceMark(**fields | changes)])[0]

    def mark_opinion(self, **changes: Any) -> None:
        """Write the mark of the AMOA's opinion past the services."""
        self.mark(**{"opinion": self.given, "judged_at": self.given.acted_at} | changes)

    def mark_twice(self) -> None:
        """Write the same mark of an opinion twice."""
        self.mark_opinion()
        self.mark_opinion()

    def opine(self) -> None:
        """Write an opinion of the AMOA past the services, with the event that tells of it."""
        file = acts.reread(self.files[1])
        fields = {
            "revision": file.current,
            "role": "AMOA",
            "mandate": self.seat,
            "adviser": self.cast["amoa"],
            "signature": "X",
            "position": "favourable",
            "reasons": "Because.",
            "acted_at": timezone.now(),
        }
        (given,) = Opinion.objects.bulk_create([Opinion(**fields)])
        record(act=Act.ADVISE, actor=self.cast["amoa"], project=file.project, subject=given, proposal_id=file.pk)

    def bidder(self) -> Any:
        """Return the bidder of project one."""
        return self.proposal("submitted").project.bidders.get()


ATTACKS = Attacks(
    triggers=[
        *(
            ("independencemark.says_what_the_facts_say", label, lambda w, change=change: w.mark(**change(w)), FORGED)
            for label, change in {
                "of a seat that is independent": lambda w: {"mandate": w.mandate("pmo")},
                "with another side": lambda w: {"other": w.mandate("pmo")},
                "with no side": lambda w: {"other": None},
                "of another organisation": lambda w: {"organisation": w.cast["pmo"].organisation},
                "of an unknown organisation": lambda w: {"other": None, "organisation": None},
                "since another day": lambda w: {"since": w.since - DAY},
            }.items()
        ),
        (
            "independencemark.says_what_the_facts_say",
            "of a seat at another instant",
            lambda w: w.mark(judged_at=timezone.now() - DAY),
            OF_ITS_INSTANT,
        ),
        *(
            (
                "independencemark.says_what_the_facts_say",
                label,
                lambda w, change=change: w.mark_opinion(**change(w)),
                OF_ITS_OPINION,
            )
            for label, change in {
                "of an opinion at another instant": lambda w: {"judged_at": timezone.now()},
                "of an opinion and another mandate": lambda w: {"mandate": w.other, "other": w.seat},
            }.items()
        ),
        ("independencemark.leaves_an_event", "without its event", lambda w: w.mark(), leaves(IndependenceMark)),
        ("opinion.tells_its_dependence", "an opinion without its mark", lambda w: w.opine(), UNMARKED),
    ],
    constraints={
        "one_mark_of_each_dependence": lambda w: w.mark_twice(),
        "a_mark_names_one_other_side": lambda w: w.mark(bidder=w.bidder()),
    },
    behind={"a_mark_names_one_other_side": "independencemark.says_what_the_facts_say"},
)


@pytest.fixture
def world(cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> World:
    """Build the world of these attacks."""
    return World(cast, proposal)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_the_honest_marks_lack_their_event_alone(world: World) -> None:
    assert leaves(IndependenceMark) in refusal(world.mark)
    assert leaves(IndependenceMark) in refusal(world.mark_opinion)
    assert Mandate.objects.filter(pk=world.seat.pk).exists()
