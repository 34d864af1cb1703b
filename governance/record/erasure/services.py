"""Erase personal data, as the owner of the tables and not as an office on a project (docs/personal-data.md).

Insert-only rows are overwritten through the one exception the database allows (core.record.erasure). The event names
the row and the fields, and the chain continues as if the text were still there.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from core.acts import act_time, erasing, open_act, take_database_time
from core.history import bypassing_history
from core.pages.drafts.store import erase as erase_drafts
from core.pages.lists.models import SavedView
from core.pages.sessions.sign_ins import end_sessions
from core.record.erasure import KEPT, blank, erasable_fields, is_erased, mark
from core.record.sealing import ERASED, SealedModel
from governance.decide.decisions.models import Condition, Decision, Effect
from governance.decide.opinions.models import BindingOpinion, Opinion
from governance.decide.proposals.content import ContentModel
from governance.decide.proposals.models import Proposal, ProposalDraft, ProposalRevision
from governance.record.erasure.guards import erasable_models
from governance.record.erasure.models import Erasure
from governance.record.records.models import RecordFile, squeeze
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.models import Delegation, Document, DocumentVersion, Project
from projects.notices.models import Notification
from projects.people.accounts.departures import owns_projects
from projects.people.addresses.services import close_address
from projects.people.credentials.models import Credential
from projects.people.credentials.services import end_credential
from projects.people.second_factors.services import end_factors
from roles.models import User

#: Models with a signature → the field of the account that signed.
SIGNED: dict[type[Opinion | BindingOpinion | Decision], str] = {
    Opinion: "adviser",
    BindingOpinion: "noted_by",
    Decision: "decided_by",
}


#: Letters of a text that is looked for in every record of its project; a shorter one, in those of its proposal.
LONG = 12


class CannotErase(Exception):
    """The text is not erasable, or is erased already; the message is for the command line."""


@open_act
def erase_text(*, actor: User, row: Any, fields: Sequence[str], because: str) -> list[Erasure]:
    """Erase `fields` of one row, of its history, and of notices that quote its title.

    Rows whose seal covers the text lose their salt too, and stored records that show it are emptied: the worker stores
    them again. Raises CannotErase.
    """
    ensure_erasable(row, fields)
    _lock_projects([_locate(row)[0]])
    covering = [(sealed, [part]) for sealed, part in _list_covering_rows(row, fields) if sealed.salt != ERASED]
    rows: list[tuple[Any, Sequence[str]]] = [
        (row, fields),
        *covering,
        *((file, RecordFile.ERASABLE) for file in _list_records_showing(row, fields)),
    ]
    return [_erase(actor, each, parts, because) for each, parts in rows]


@open_act
def erase_person(*, actor: User, person: User, because: str) -> list[Erasure]:
    """Close an account and erase what names its person, and its signatures, history included.

    Stored records that show the name are emptied: the worker stores them again. Texts they wrote stay: those belong to
    the record. Raises CannotErase.
    """
    if person == actor or is_person_erased(person):
        raise CannotErase("This account is erased already, or is the one that erases.")
    if person.is_staff:
        raise CannotErase("This person is an administrator: another one ends these rights first.")
    if person.is_active and owns_projects(person):
        raise CannotErase("This person owns a project: two people close the account first.")
    end_factors(actor=actor, person=person)
    close_address(actor=actor, person=person)
    for credential in Credential.objects.living().filter(person=person).order_by("pk"):
        end_credential(actor=actor, credential=credential)
    projects = list_projects(person)
    names = {person.name, person.email, *person.history.values_list("name", flat=True)}
    elsewhere = RecordFile.objects.showing(*names).select_related("decision__project")
    _lock_projects([*projects, *(file.decision.project for file in elsewhere)])
    mine: list[tuple[Any, Sequence[str]]] = [(row, ["signature"]) for row in list_signed_rows(person)]
    mine += [(file, RecordFile.ERASABLE) for file in elsewhere.all().order_by("pk")]
    done = [_erase(actor, row, fields, because) for row, fields in mine]
    with erasing(mark(_today())):
        places: list[Project | None] = [*projects] or [None]
        named = [_create_erasure(actor, person, User.ERASABLE, because, project) for project in places]
        _close_account(person, mark(_today()))
    for erasure in named:
        _record_event(erasure, None)
    return done + named


def ensure_erasable(row: Any, fields: Sequence[str]) -> None:
    """Raise CannotErase unless every field of `fields` holds something to erase."""
    if unknown := sorted(set(fields) - set(erasable_fields(type(row)))):
        raise CannotErase(f"Not erasable: {', '.join(unknown)}. Erasable: {', '.join(erasable_fields(type(row)))}.")
    if isinstance(row, RecordFile):
        raise CannotErase("A stored record is a copy: erase the text that it shows, and it is made again.")
    if isinstance(row, Effect) and not row.is_free_text:
        raise CannotErase("What a decision changed on the project governs it: only a decision changes it again.")
    if empty := [name for name in fields if not list(list_texts(getattr(row, name)))]:
        raise CannotErase(f"Nothing to erase in {', '.join(empty)}: empty, or erased already.")


def is_person_erased(person: User) -> bool:
    """Return whether this account is already erased."""
    return person.email == _address(person)


def list_projects(person: User) -> list[Project]:
    """List the projects on which a person acted or held a seat."""
    seats = Q(mandates__holder=person) | Q(mandates__delegations__delegate=person)
    concerned = Project.objects.filter(seats | Q(pk__in=Project.objects.filter(events__actor=person)))
    return list(Project.objects.filter(pk__in=concerned.values("pk")).order_by("pk"))


def list_signed_rows(person: User) -> Iterator[Opinion | BindingOpinion | Decision]:
    """List the rows that carry the name of a person."""
    for model, who in SIGNED.items():
        for row in model._default_manager.filter(**{who: person}).order_by("pk"):
            if list(list_texts(row.signature)):
                yield row


def list_texts(value: Any) -> Iterator[str]:
    """List the texts of a value that an erasure would remove; bytes are represented by their length."""
    if isinstance(value, list):
        for part in value:
            yield from list_texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from () if name in KEPT else list_texts(part)
    elif isinstance(value, bytes | memoryview):
        yield from [f"{len(value)} bytes"] if value else []
    elif value and not is_erased(value):
        yield value


def find_occurrences(words: str) -> list[str]:
    """List other erasable texts that contain these words: "governance.opinion 12 reasons"."""
    places = []
    escaped = json.dumps(words, ensure_ascii=False)[1:-1]
    for label, model in erasable_models().items():
        for name in erasable_fields(model):
            if model is RecordFile or isinstance(model._meta.get_field(name), models.BinaryField):
                continue  # a stored record goes with the text that it shows
            for table in (model, *([model.history.model] if hasattr(model, "history") else [])):
                rows = table._default_manager.annotate(found_in=Cast(name, TextField()))
                key = model._meta.pk.attname
                match = Q(found_in__icontains=words) | Q(found_in__icontains=escaped)
                places += [
                    f"{label} {pk} {name}" for pk in rows.filter(match).order_by(key).values_list(key, flat=True)
                ]
    return list(dict.fromkeys(places))


# — steps of an erasure —


def _erase(actor: User, row: Any, fields: Sequence[str], because: str) -> Erasure:
    """Erase one row: record it, overwrite text and history, write the event.

    An entry of `fields` may be a part of a seal, which is no column.
    """
    project, proposal_id = _locate(row)
    last = project.events.order_by("-seq").values_list("seq", flat=True).first() or 0
    left = mark(_today(), last + 1)
    with erasing(left):
        erasure = _create_erasure(actor, row, fields, because, project)
        if isinstance(row, ContentModel) and "title" in fields:
            _erase_quoted_title(row, left)
        _overwrite(row, [name for name in fields if name in erasable_fields(type(row))], left)
    _record_event(erasure, proposal_id)
    return erasure


def _create_erasure(actor: User, row: Any, fields: Sequence[str], because: str, project: Project | None) -> Erasure:
    """Create the erasure record."""
    number = str(row.key if isinstance(row, User) else row.pk)
    return Erasure.objects.create(
        project=project,
        subject=row._meta.label_lower,
        subject_id=number,
        fields=list(fields),
        because=because,
        erased_by=actor,
        acted_at=act_time(),
    )


def _record_event(erasure: Erasure, proposal_id: int | None) -> None:
    """Write the event of the erasure to the ledger; of a person without any project, to that of the organisation."""
    record(
        Act.ERASE,
        erasure,
        project=erasure.project or lock_organisation(),
        proposal_id=proposal_id,
        about=(erasure.subject, erasure.subject_id),
        fields=",".join(erasure.fields),
    )


def _overwrite(row: Any, fields: Sequence[str], left: str) -> None:
    """Replace the texts of `fields` in a row and its history by `left`, and remove the salt."""
    model = type(row)
    salt = {"salt": ERASED} if isinstance(row, SealedModel) else {}
    with bypassing_history():
        model._default_manager.filter(pk=row.pk).update(**_erased_values(row, fields, left), **salt)
    if hasattr(model, "history"):
        for version in model.history.filter(**{model._meta.pk.attname: row.pk}):
            same = model.history.filter(history_id=version.history_id)
            same.update(**_erased_values(version, fields, left), **salt)


def _erased_values(row: Any, fields: Sequence[str], left: str) -> dict[str, Any]:
    """Return the column values that replace the erased ones."""
    return {name: blank(getattr(row, name), left) for name in fields}


def _erase_quoted_title(row: Any, left: str) -> None:
    """Replace the title in notices, which quote it."""
    ending = f" · {row.title}"
    quoted = Notification.objects.filter(event__proposal=row.proposal, about__endswith=ending)
    for about in quoted.order_by().values_list("about", flat=True).distinct():
        quoted.filter(about=about).update(about=f"{about.removesuffix(ending)} · {left}")


def _list_covering_rows(row: Any, fields: Sequence[str]) -> Iterator[tuple[SealedModel, str]]:
    """List other rows whose seal covers the text, each with the covered part."""
    if isinstance(row, Condition) and "text" in fields:
        yield row.decision, "conditions"
    elif isinstance(row, Effect):
        yield row.decision, "effects"
    elif isinstance(row, Document):
        yield from ((version, "name") for version in row.versions.order_by("pk"))


def _list_records_showing(row: Any, fields: Sequence[str]) -> list[RecordFile]:
    """List the stored records that show a text of `fields`: of its proposal, and of its project when it is long.

    Without a proposal, of its project at any length.
    """
    project, proposal_id = _locate(row)
    texts = [text for name in fields for text in list_texts(getattr(row, name))]
    of_project = RecordFile.objects.filter(decision__project=project)
    distinctive = [text for text in texts if proposal_id is None or len(squeeze(text)) >= LONG]
    shown = of_project.showing(*distinctive) | of_project.filter(decision__proposal=proposal_id).showing(*texts)
    return list(shown.select_related("decision__project").order_by("pk"))


def _locate(row: Any) -> tuple[Project, int | None]:
    """Return the project of a row, and the key of its proposal if any."""
    if isinstance(row, Opinion | BindingOpinion):
        row = row.revision
    elif isinstance(row, Condition | Effect | RecordFile):
        row = row.decision
    elif isinstance(row, DocumentVersion):
        row = row.document
    if isinstance(row, ProposalDraft | ProposalRevision):
        row = row.proposal
    if isinstance(row, Delegation):
        return row.mandate.project, None
    if isinstance(row, Proposal):
        return row.project, row.pk
    return row.project, row.proposal_id if isinstance(row, Decision) else None


def _lock_projects(projects: Sequence[Project]) -> list[Project]:
    """Lock the projects in the order of their keys, then take the database's time for the act."""
    locked = list(Project.objects.lock().filter(pk__in=[project.pk for project in projects]).order_by("pk"))
    take_database_time()
    return locked


def _close_account(person: User, left: str) -> None:
    """Remove name, e-mail and password of an account; the row stays, because acts refer to it."""
    blank = {"email": left, "organisation": None}
    for version in User.history.filter(id=person.pk):
        User.history.filter(history_id=version.history_id).update(
            **_erased_values(version, ["name", "title"], left), **blank
        )
    person.name, person.title, person.organisation = left, "", None
    person.email, person.is_active = _address(person), False
    person.last_day = person.absent_from = person.absent_until = person.stand_in = None
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.filter(user=person).delete()
    LogEntry.objects.filter(
        content_type__app_label="roles", content_type__model="user", object_id=str(person.pk)
    ).update(object_repr="")
    end_sessions(person)
    SavedView.objects.filter(person=person).delete()
    erase_drafts(person)


def _address(person: User) -> str:
    return f"erased-{person.key}@erased.invalid"


def _today() -> Any:
    return timezone.localdate(act_time())
