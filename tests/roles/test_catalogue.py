"""The catalogue: five roles and 62 responsibilities in two languages, loaded as often as one likes (domain §1)."""

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from roles.acting import acting_as
from roles.enums import Authority, Domain, Nature, PublicationState
from roles.models import Responsibility, RoleTemplate, User

pytestmark = pytest.mark.django_db
COUNTS = {"MOA": 14, "PMO": 15, "AMOA": 15, "MOE": 10, "DEST": 8}


def test_there_are_five_published_roles_in_order_each_with_its_authority() -> None:
    roles = RoleTemplate.objects.filter(pack="fr", state=PublicationState.PUBLISHED)
    assert [(role.code, role.authority) for role in roles] == [
        ("MOA", Authority.DECIDES),
        ("PMO", Authority.ADVISES),
        ("AMOA", Authority.ADVISES),
        ("MOE", Authority.DELIVERS),
        ("DEST", Authority.RECEIVES),
    ]


def test_there_are_62_responsibilities() -> None:
    found = Counter(Responsibility.objects.values_list("role__code", flat=True))
    assert found == COUNTS
    assert found.total() == 62


def test_codes_follow_one_another_in_each_role() -> None:
    for role in RoleTemplate.objects.all():
        codes = list(role.responsibilities.values_list("code", flat=True))
        assert codes == [f"{role.code}-{number:02d}" for number in range(1, COUNTS[role.code] + 1)]


def test_only_the_owner_has_a_responsibility_to_decide() -> None:
    """R4."""
    deciding = Responsibility.objects.filter(nature=Nature.DECIDE)
    assert set(deciding.values_list("role__code", flat=True)) == {"MOA"}


def test_every_text_is_there_in_both_languages() -> None:
    for role in RoleTemplate.objects.all():
        assert all((role.name_fr, role.name_en, role.mission_fr, role.mission_en)), role
    for one in Responsibility.objects.all():
        assert all((one.label_fr, one.label_en, one.evidence_fr, one.evidence_en)), one
        assert one.label_fr != one.label_en
        assert one.domains, one
        assert set(one.domains) <= set(Domain), one


@pytest.mark.parametrize(("language", "name"), [("fr", "Maître d'ouvrage"), ("en", "Project owner")])
def test_a_reader_reads_a_role_in_their_language(language: str, name: str) -> None:
    owner = RoleTemplate.objects.get(code="MOA")
    first = owner.responsibilities.get(code="MOA-01")
    with translation.override(language):
        assert owner.name == name
        assert (owner.mission, first.label, first.evidence) == tuple(
            getattr(thing, f"{field}_{language}")
            for thing, field in ((owner, "mission"), (first, "label"), (first, "evidence"))
        )


def test_loading_again_changes_nothing() -> None:
    before = (RoleTemplate.history.count(), Responsibility.history.count())
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    assert said.getvalue() == "fr: 5 roles, 0 rows changed\n"
    assert (RoleTemplate.history.count(), Responsibility.history.count()) == before


def test_loading_brings_back_what_was_changed_and_says_who_did(superuser: Any) -> None:
    with acting_as(superuser):
        one = Responsibility.objects.get(code="MOA-04")
        kept, one.label_en = one.label_en, "Let others decide"
        one.save()
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    assert said.getvalue() == "fr: 5 roles, 1 rows changed\n"
    one.refresh_from_db()
    assert one.label_en == kept
    assert one.history.latest("history_id").history_user == User.objects.installation()


def test_nobody_signs_in_with_the_account_of_the_installation(client: Any) -> None:
    installation = User.objects.installation()
    assert not installation.is_active
    assert not installation.has_usable_password()
