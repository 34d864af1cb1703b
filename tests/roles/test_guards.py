"""What the database refuses on accounts, organisations and the catalogue."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import ProtectedError

from roles.acting import acting_as
from roles.models import Organisation, Responsibility, RoleTemplate, User
from tests.database import OWNER, RUNTIME, constraints, installed, refusal, triggers
from tests.generic_attacks import GENERIC

pytestmark = pytest.mark.django_db


def _account(email: str) -> None:
    User.objects.bulk_create([User(email=email, name="X")])


def _role(**changes: Any) -> None:
    fields = {"pack": "fr", "code": "NEW", "authority": "advises", "state": "published"}
    RoleTemplate.objects.bulk_create([RoleTemplate(**fields | changes)])


def _responsibility(**changes: Any) -> None:
    fields = {"role": RoleTemplate.objects.get(code="MOA"), "code": "NEW", "nature": "decide", "domains": []}
    Responsibility.objects.bulk_create([Responsibility(**fields | changes)])


#: constraint → attack; run as both roles.
BROKEN: dict[str, Callable[[], Any]] = {
    "one_account_per_email_whatever_the_case": lambda: _account("Owner@Example.org"),
    "one_role_template_per_code_and_version": lambda: _role(code="MOA", state="draft"),
    "one_published_role_decides_in_a_pack": lambda: _role(authority="decides"),
    "a_role_has_a_known_authority": lambda: _role(authority="reigns"),
    "one_responsibility_per_code_and_role": lambda: _responsibility(code="MOA-01"),
    "a_responsibility_has_a_known_nature": lambda: _responsibility(nature="obey"),
}


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
@pytest.mark.parametrize("name", BROKEN)
def test_a_constraint_refuses_by_its_name(name: str, role: str) -> None:
    assert name in refusal(BROKEN[name], role=role)


PUBLISHED = "keeps_its_authority_once_published"


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
@pytest.mark.parametrize(
    "change", [{"authority": "receives"}, {"code": "BOSS"}, {"pack": "own"}, {"version": 9}], ids=str
)
def test_a_published_role_keeps_its_authority(change: dict[str, Any], role: str) -> None:
    attacked = RoleTemplate.objects.filter(code="MOA")
    assert "A published role keeps its code and its authority" in refusal(lambda: attacked.update(**change), role=role)
    assert refusal(lambda: attacked.update(name_en="Owner"), role=role) == ""


def test_a_role_in_draft_may_still_change_its_authority() -> None:
    _role(state="draft")
    assert refusal(lambda: RoleTemplate.objects.filter(code="NEW").update(authority="receives")) == ""


def test_without_its_guard_a_published_role_would_change_hands() -> None:
    off = installed(*triggers()[f"roles.roletemplate.{PUBLISHED}"])
    attacked = RoleTemplate.objects.filter(code="MOA")
    assert refusal(lambda: attacked.update(authority="receives"), without=off) == ""


KEY = "keeps_its_key"


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
def test_an_account_keeps_its_key(role: str, pmo: User) -> None:
    attacked = User.objects.filter(pk=pmo.pk)
    assert "The key of an account never changes" in refusal(lambda: attacked.update(key=uuid4()), role=role)
    assert refusal(lambda: attacked.update(title="Dr"), role=role) == ""


def test_without_its_guard_an_account_would_become_another_in_the_ledger(pmo: User) -> None:
    off = installed(*triggers()[f"roles.user.{KEY}"])
    assert refusal(lambda: User.objects.filter(pk=pmo.pk).update(key=uuid4()), without=off) == ""


def test_every_constraint_and_every_guard_is_attacked() -> None:
    assert constraints("roles") == set(BROKEN)
    guards = {name.rpartition(".")[2] for name in triggers() if name.startswith("roles.")}
    assert guards <= set(GENERIC) | {PUBLISHED, KEY}


def test_the_honest_rows_pass() -> None:
    assert refusal(_role) == ""
    assert refusal(_responsibility) == ""
    assert refusal(lambda: _account("new@example.org")) == ""


def test_an_account_is_deactivated_never_deleted(owner: User) -> None:
    with pytest.raises(ProtectedError):
        owner.delete()


def test_an_account_without_any_record_is_kept_too() -> None:
    person = User.objects.create_user("lonely@example.org", name="Lonely")
    assert refusal(person.delete)
    assert refusal(person.delete, role=OWNER)
    person.refresh_from_db()


def test_an_organisation_is_kept() -> None:
    with acting_as(User.objects.installation()):
        organisation = Organisation.objects.create(name="Nobody's")
    assert "An organisation is kept, never deleted" in refusal(organisation.delete, role=OWNER)


def test_an_address_is_kept_in_lower_case() -> None:
    assert User.objects.create_user("  Mixed@Example.ORG ", name="Mixed").email == "mixed@example.org"
