"""Drive an administrator over every address, to take the owner’s account or decide; the rest is on the record."""

from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, reverse

from core.tables.writer import as_csv
from governance.models import Condition, Decision, Proposal
from projects.enums import Level
from projects.models import Credential, Delegation, LedgerEvent, Mandate, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import relay
from projects.people.accounts.services import choose_password, invite
from roles.models import User
from tests.addresses import list_patterns
from tests.conftest import StrictClient
from tests.database import undone
from tests.pages.visits import act
from tests.projects.imports.factories import bring_in
from tests.projects.people.replacements.factories import taken

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-new-word-of-mine"
APPS = sorted({name.partition(":")[0] for name, _pattern in list_patterns() if ":" in name})


def build_fields(admin: User, owner: User, file: Proposal) -> dict[str, Any]:
    """Return what would help, whichever page takes it: somebody else's names, rights and words."""
    assert file.current
    mine, theirs = admin.email, owner.pk
    return {
        **dict.fromkeys(("email", "address", "new_email", "owner", "holder", "delegate", "person", "login"), mine),
        **dict.fromkeys(("password", "password1", "password2", "current"), PASSWORD),
        **dict.fromkeys(("is_staff", "is_superuser", "is_active", "confirmed", "accepted", "vouch"), "on"),
        **dict.fromkeys(("actor", "user", "decided_by", "given_by", "adviser", "lifted_by", "on_behalf_of"), theirs),
        **{"step": "seal", "outcome": "approved", "reasons": "As the owner wishes.", "because": "As the owner wishes."},
        **{"proof": "Seen on the spot.", "fingerprint": file.current.hash, "origin": "first", "kind": "password"},
        **{"counts_from": "2020-01-01", "confirmed_at": "2020-01-01", "name": owner.name, "document": "Act 1"},
    }


def fill_in(name: str, pattern: URLPattern, values: dict[str, Any]) -> str | None:
    """Return the address; None for one that takes a secret or a part that nobody knows here."""
    wanted = pattern.pattern.converters
    if "token" in wanted or "key" in pattern.pattern.regex.groupindex:
        return None
    try:
        return reverse(name, kwargs={word: values.get(word, values["*"]) for word in wanted})
    except NoReverseMatch:
        return None


def read_state(owner: User, admin: User) -> Any:
    """Return what an administrator changes by no page."""
    person = User.objects.values("email", "password", "is_active", "is_superuser").get(pk=owner.pk)
    return (
        person,
        list(Credential.objects.filter(person=owner).order_by("pk").values()),
        Decision.objects.count(),
        list(Condition.objects.order_by("pk").values("pk", "lifted_at")),
        list(Delegation.objects.order_by("pk").values()),
        list(Mandate.objects.order_by("pk").values()),
        list(User.objects.filter(pk=admin.pk).values("password", "is_superuser")),
    )


@pytest.mark.parametrize("app", APPS)
def test_no_address_decides_or_takes_the_owner_s_account(
    app: str, staff_admin: User, owner: User, proposal: Any, client_of: Any
) -> None:
    file = proposal("ready_for_decision")
    browser: StrictClient = client_of(staff_admin)
    browser.raise_request_exception = False
    fields = build_fields(staff_admin, owner, file)
    values = {"code": "ONE", "proposal_id": file.pk, "person_id": owner.pk, "project_id": file.project_id, "*": 1}
    values |= {"decision_id": Decision.objects.latest("pk").pk, "condition_id": Condition.objects.latest("pk").pk}
    before, asked = read_state(owner, staff_admin), 0
    with undone():
        for name, pattern in list_patterns():
            path = fill_in(name, pattern, values) if name.startswith(f"{app}:") else None
            if path:
                assert browser.post(path, fields).status_code < 500, name
                asked += 1
        assert read_state(owner, staff_admin) == before
    assert asked


def test_an_owner_in_the_place_of_another_with_the_same_name_is_told_apart(
    staff_admin: User, inactive_owner: User, project_three: Project
) -> None:
    """Two people name an owner where the one before has left; one of them may invite somebody of the same name."""
    about = {"name": inactive_owner.name, "title": inactive_owner.title, "organisation": "", "language": "en"}
    double = invite(actor=staff_admin, email="double@example.org", is_another=True, **about)
    choose_password(actor=double, password=PASSWORD)
    row, mandate = taken(project_three, staff_admin, double, User.objects.get(email="other.pmo@example.org"))
    named = LedgerEvent.objects.get(act="name_owner", subject_id=mandate.pk, project=project_three)
    assert (named.actor, double.key == inactive_owner.key) == (double, False)
    steps = LedgerEvent.objects.filter(subject="projects.replacement", subject_id=row.pk)
    told = Notification.objects.filter(event__in=steps).values_list("recipient__email", flat=True)
    assert {inactive_owner.email, double.email, "other.amoa@example.org", "superuser@example.org"} <= {*told}


def test_a_file_of_people_lends_nobody_the_name_the_address_or_the_hand_of_the_owner(
    staff_admin: User, owner: User, outsider: User, proposal: Any, client_of: Any, mailoutbox: list[Any]
) -> None:
    file, decision = proposal("ready_for_decision"), Decision.objects.filter(decided_by=owner).latest("pk")
    page, name, address = decision.get_absolute_url(), owner.name, owner.email
    assert name in client_of(owner).get(page).text
    before = list(Credential.objects.order_by("pk").values()), Decision.objects.count()
    rows = as_csv(("name", "email"), (("Somebody Else", owner.email), (name, outsider.email)))
    bring_in(staff_admin, Project.objects.get(level=Level.ORGANISATION), rows, "people")
    for person in (owner, outsider):
        person.refresh_from_db()
    assert (outsider.name, owner.name, owner.email) == (name, "Somebody Else", address)
    path, fields = act("decide", file)
    assert client_of(outsider).post(path, fields).status_code in {403, 404}
    assert (list(Credential.objects.order_by("pk").values()), Decision.objects.count()) == before
    record = client_of(owner).get(page).text
    assert name in record, "a record names its signatory as on its day"
    told = Notification.objects.filter(reason=Reason.ACCOUNT_CHANGED)
    assert {notice.recipient for notice in told} == {owner, outsider}
    events = LedgerEvent.objects.filter(act="edit_account", actor=staff_admin)
    assert {event.subject_id for event in events} == {owner.pk, outsider.pk}
    relay()
    assert {owner.email, outsider.email} <= {mail.to[0] for mail in mailoutbox}
