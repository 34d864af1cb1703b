"""Which seats and opinions are not independent, and which of them carry no mark yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from core.record.erasure import is_erased
from governance.decide.independence.models import IndependenceMark
from governance.decide.opinions.models import Opinion
from projects.enums import OVER
from projects.independence.queries import Dependence, list_dependences, read_dependences
from projects.models import Mandate
from roles.models import Organisation

#: Opinions, with the seat from which they were given.
OPINIONS = "SELECT id, mandate_id, acted_at FROM public.governance_opinion WHERE id = ANY (%s)"


def list_opinion_dependences(opinions: Iterable[int]) -> list[Dependence]:
    """Return why these opinions were not independent, as the facts stand now. One query; none without opinions."""
    keys = sorted(opinions)
    return read_dependences(OPINIONS, [keys]) if keys else []


def build_missing_marks(at: datetime, project_id: int | None = None) -> list[IndependenceMark]:
    """Build the marks that seats in force at `at` and opinions lack, on a project or on all. Four queries.

    Seats of projects that are over are left out; opinions are judged for ever.
    """
    seats = Mandate.objects.active(at).exclude(project__state__in=OVER).select_related("project").order_by("pk")
    opinions = Opinion.objects.order_by("pk").values_list("pk", "mandate", "mandate__project", "acted_at")
    marks = IndependenceMark.objects.all()
    if project_id:
        seats, opinions = seats.filter(project=project_id), opinions.filter(mandate__project=project_id)
        marks = marks.filter(mandate__project=project_id)
    held = {seat.pk: seat for seat in seats}
    given = {opinion: (mandate, moment) for opinion, mandate, _project, moment in opinions}
    found = [build_mark(dependence, dependence.subject, at) for dependence in list_dependences(held, at)]
    for dependence in list_opinion_dependences(given):
        mandate, moment = given[dependence.subject]
        found.append(build_mark(dependence, mandate, moment, at, opinion_id=dependence.subject))
    known = {mark.key for mark in marks}
    return [mark for mark in found if mark.key not in known]


def build_mark(
    found: Dependence, mandate_id: int, moment: datetime, at: datetime | None = None, *, opinion_id: int | None = None
) -> IndependenceMark:
    """Build the mark of a seat, or of an opinion, for what was found at `moment`."""
    return IndependenceMark(
        mandate_id=mandate_id,
        opinion_id=opinion_id,
        other_id=found.other_id,
        bidder_id=found.bidder_id,
        organisation_id=found.organisation_id,
        since=found.since,
        judged_at=moment,
        acted_at=at or moment,
    )


def is_marked(revision: str) -> Exists:
    """Build the condition that an opinion on the revision of this column carries a mark."""
    return Exists(IndependenceMark.objects.filter(opinion__revision=OuterRef(revision)))


def is_seat_marked() -> Exists:
    """Build the condition that a mandate carries a mark of its own."""
    return Exists(IndependenceMark.objects.filter(mandate=OuterRef("pk"), opinion=None))


def with_mark(opinions: Any) -> Any:
    """Annotate opinions with whether they carry a mark, `is_marked`."""
    return opinions.annotate(is_marked=Exists(IndependenceMark.objects.filter(opinion=OuterRef("pk"))))


def read_marks(opinions: Iterable[Any]) -> dict[int, list[IndependenceMark]]:
    """Return the marks of opinions read `with_mark` by their key, each with whether facts still say it.

    Facts about a person who was erased are gone: the mark stands. Two queries where one is marked, else none.
    """
    by_key: dict[int, list[IndependenceMark]] = {opinion.pk: [] for opinion in opinions if opinion.is_marked}
    if not by_key:
        return {}
    marks = list(IndependenceMark.objects.described().filter(opinion__in=by_key))
    found = list_opinion_dependences({mark.opinion_id for mark in marks if mark.opinion_id})
    standing = {dependence.key for dependence in found}
    for mark in marks:
        people = [seat.holder.name for seat in (mark.mandate, mark.other) if seat]
        mark.is_confirmed = mark.key[:3] in standing or any(is_erased(name) for name in people)
        by_key[mark.opinion_id or 0].append(mark)
    return by_key


def describe_seats(seats: Iterable[Mandate], at: datetime) -> dict[int, list[str]]:
    """Return why seats in force at `at` are not independent, in the reader's language, by key of the mandate.

    One query; one more where one is not.
    """
    found = list_dependences([seat.pk for seat in seats if at in seat.period], at)
    if not found:
        return {}
    keys = {number for dependence in found for number in (dependence.subject, dependence.other_id)}
    mandates = Mandate.objects.select_related("role", "holder__organisation").in_bulk([key for key in keys if key])
    names = Organisation.objects.in_bulk({item.organisation_id for item in found if item.organisation_id})
    described: dict[int, list[str]] = {}
    for dependence in found:
        mark = build_mark(dependence, dependence.subject, at)
        mark.other = mandates.get(dependence.other_id)
        mark.organisation = names.get(dependence.organisation_id)
        described.setdefault(dependence.subject, []).append(mark.sentence)
    return described
