"""Attack the triggers and constraints on accounts, organisations and the catalogue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F, ProtectedError
from django.utils import timezone

from core.acts import acting_as
from core.models import AccountSession
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Project
from roles.models import (
    INSTALLATION,
    Activity,
    ComparisonDimension,
    MethodPack,
    Organisation,
    Responsibility,
    RoleTemplate,
    User,
)
from tests.attacks import Attacks, Declared
from tests.database import OWNER, refusal

pytestmark = pytest.mark.django_db


Attempt = Callable[[], Any]


def _account(email: str) -> None:
    User.objects.bulk_create([User(email=email, name="X")])


def _absence(**fields: Any) -> None:
    """Write an absence past the services."""
    assert User.objects.filter(email="owner@example.org").update(**fields)


PMO = "pmo@example.org"


def _open(email: str, is_active: bool) -> None:
    """Open or close an account past the services."""
    assert User.objects.filter(email=email).update(is_active=is_active)


def _write_on(change: Callable[[], Any]) -> None:
    """Write to a session of the PMO again, begun before `change`."""
    session = AccountSession(session_key="k" * 32, expire_date=timezone.now() + timedelta(hours=1))
    session.account = User.objects.get(email=PMO)
    session.save(force_insert=True)
    change()
    session.save(force_update=True)


def _role(**changes: Any) -> RoleTemplate:
    """Write a version of a role past the services: by default a draft of a new one."""
    fields = {"pack_id": "fr", "code": "NEW", "version": 1, "authority": "advises", "mandatory": True}
    return RoleTemplate.objects.bulk_create([RoleTemplate(**fields | changes)])[0]


def _duty(role: RoleTemplate, **changes: Any) -> Responsibility:
    """Write a responsibility past the services."""
    fields = {"role": role, "code": "NEW-01", "nature": "advise", "domains": []}
    return Responsibility.objects.bulk_create([Responsibility(**fields | changes)])[0]


def _change(role: RoleTemplate, **fields: Any) -> None:
    assert RoleTemplate.objects.filter(pk=role.pk).update(**fields)


def _published(code: str = "MOA") -> RoleTemplate:
    return RoleTemplate.objects.get(code=code, state="published")


def _ready(**changes: Any) -> RoleTemplate:
    """Write a draft with a responsibility, ready to be published."""
    role = _role(**changes)
    _duty(role)
    return role


def _publish(**changes: Any) -> RoleTemplate:
    role = _ready(**changes)
    _change(role, state="published")
    return role


def _retired() -> RoleTemplate:
    role = _publish()
    _change(role, state="retired")
    return role


def _activity(**changes: Any) -> None:
    fields = {"pack_id": "fr", "code": "NEW", "domain": "business"}
    Activity.objects.bulk_create([Activity(**fields | changes)])


def _comparison(**changes: Any) -> None:
    fields = {"pack_id": "fr", "left_role": "PMO", "right_role": "AMOA", "code": "new", "basis": "inferred"}
    ComparisonDimension.objects.bulk_create([ComparisonDimension(**fields | changes)])


#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_account_per_email_whatever_the_case": lambda: _account("Owner@Example.org"),
    "a_closed_account_has_no_last_day": lambda: User.objects.filter(email=INSTALLATION).update(last_day="2027-01-01"),
    "an_absence_has_a_first_and_a_last_day": lambda: _absence(absent_from="2027-01-01"),
    "nobody_stands_in_for_themselves": lambda: _absence(
        absent_from="2027-01-01", absent_until="2027-01-01", stand_in=F("id")
    ),
    "one_role_template_per_code_and_version": lambda: _role(code="MOA"),
    "one_published_version_of_a_role": lambda: _publish(code="PMO", version=2),
    "one_draft_of_a_role_at_a_time": lambda: [_role(), _role(version=2)],
    "one_published_role_decides_in_a_pack": lambda: _publish(authority="decides"),
    "a_role_has_a_known_authority": lambda: _role(authority="reigns"),
    "one_responsibility_per_code_and_role": lambda: [_duty(role := _role()), _duty(role)],
    "a_responsibility_has_a_known_nature": lambda: _duty(_role(), nature="obey"),
    "a_responsibility_has_a_known_recurrence": lambda: _duty(_role(), recurrence="at_noon"),
    "a_responsibility_has_known_further_rhythms": lambda: _duty(_role(), also=["continuous"]),
    "a_responsibility_has_a_known_window": lambda: _duty(_role(), until_gate="G6"),
    "a_responsibility_has_a_known_family": lambda: _duty(_role(), family="cousins"),
    "a_responsibility_has_a_number_of_days": lambda: _duty(_role(), days="0"),
    "one_activity_per_code_and_pack": lambda: _activity(code="RISQUES"),
    "an_activity_has_a_known_domain": lambda: _activity(domain="legal"),
    "one_comparison_per_code_and_pair": lambda: _comparison(code="posture"),
}


BORN = "A role is written before it is published"
SAME = "A role keeps its pack, its code and its version"
AS_IT_IS = "A published role stays as it is; publish another version"
WAY = "A role goes from draft to published to retired"
EMPTY = "A role without a responsibility is not published"
DECIDES = "Only the role that decides has responsibilities of deciding (R4)"
IN_A_DRAFT = "The responsibilities of a published role stay as they are; publish another version"
EVENT = "A publication leaves an event in the ledger"
OTHER = {
    "authority": "receives",
    "mandatory": False,
    "several": True,
    "position": 9,
    "name_fr": "X",
    "name_en": "X",
    "mission_fr": "X",
    "mission_en": "X",
    "represents_fr": "X",
    "represents_en": "X",
    "incompatible": ["DEST"],
}
IDENTITY = {"pack": "pm2", "code": "BOSS", "version": 9}
WAYS = [("published", "draft"), ("retired", "draft"), ("retired", "published")]


def _there(state: str) -> RoleTemplate:
    return {"draft": _ready, "published": _published, "retired": _retired}[state]()


#: (trigger, label, attack, refusal).
TRIGGERS: list[Declared] = [
    *(
        ("user.looks_like_no_other", what, lambda email=email: _account(email), words)
        for what, email, words in (
            ("a zero for an o", "0wner@example.org", "An address looks like no other one"),
            ("r and n for an m", "prno@example.org", "An address looks like no other one"),
            ("a blank of no width", "owner\u200b@example.org", "An address is written in ASCII"),
            ("a letter of another alphabet", "\u043ewner@example.org", "An address is written in ASCII"),
            ("a domain with accents", "a@\u00e9.example", "An address is written in ASCII"),
            ("a line end", "a@example.org\n", "An address is written in ASCII"),
        )
    ),
    *(
        ("roletemplate.is_born_a_draft", f"born {state}", lambda state=state: _role(state=state), BORN)
        for state in ("published", "retired")
    ),
    *(
        (
            "roletemplate.stays_as_published",
            f"another {name} of one that is {state}",
            lambda name=name, value=value, state=state: _change(_there(state), **{name: value}),
            SAME,
        )
        for name, value in IDENTITY.items()
        for state in ("draft", "published", "retired")
    ),
    *(
        (
            "roletemplate.stays_as_published",
            f"another {name} of one that is {state}",
            lambda name=name, value=value, state=state: _change(_there(state), **{name: value}),
            AS_IT_IS,
        )
        for name, value in OTHER.items()
        for state in ("published", "retired")
    ),
    (
        "roletemplate.stays_as_published",
        "another mission on the way out",
        lambda: _change(_published("PMO"), state="retired", mission_en="Reign."),
        AS_IT_IS,
    ),
    *(
        (
            "roletemplate.stays_as_published",
            f"from {before} to {after}",
            lambda before=before, after=after: _change(_there(before), state=after),
            WAY,
        )
        for before, after in WAYS
    ),
    ("roletemplate.stays_as_published", "to a state nobody knows", lambda: _change(_ready(), state="eternal"), WAY),
    ("roletemplate.stays_as_published", "published empty", lambda: _change(_role(), state="published"), EMPTY),
    *(
        (
            "roletemplate.stays_as_published",
            f"one that {authority} and decides",
            lambda authority=authority: [
                _duty(role := _role(authority=authority), nature="decide"),
                _change(role, state="published"),
            ],
            DECIDES,
        )
        for authority in ("advises", "delivers", "receives")
    ),
    (
        "roletemplate.stays_as_published",
        "published with less authority at once",
        lambda: [
            _duty(role := _role(authority="decides"), nature="decide"),
            _change(role, state="published", authority="receives"),
        ],
        DECIDES,
    ),
    *(
        ("responsibility.is_written_in_a_draft", f"{what} one that is {state}", attack, IN_A_DRAFT)
        for state in ("published", "retired")
        for what, attack in {
            "added to": lambda state=state: _duty(_there(state)),
            "changed in": lambda state=state: _there(state).responsibilities.update(label_en="X"),
            "taken out of": lambda state=state: _there(state).responsibilities.all()._raw_delete("default"),
            "moved out of": lambda state=state: _there(state).responsibilities.update(role=_role(code="ELSE")),
            "moved into": lambda state=state: Responsibility.objects.filter(
                pk=_duty(_role(code="ELSE"), code="ELSE-01").pk
            ).update(role=_there(state)),
        }.items()
    ),
    (
        "user.keeps_its_key",
        "another key",
        lambda: User.objects.filter(email="pmo@example.org").update(key=uuid4()),
        "The key of an account never changes",
    ),
    (
        "user.keeps_its_key",
        "the installation under another address",
        lambda: User.objects.filter(email=INSTALLATION).update(email="somebody@example.org"),
        "The account of the installation keeps its address",
    ),
    (
        "user.keeps_an_administrator",
        "all demoted",
        lambda: [
            User.objects.filter(pk=administrator.pk).update(is_staff=False)
            for administrator in User.objects.filter(is_staff=True, is_active=True)
        ],
        "One administrator stays",
    ),
    *(
        ("user.ends_its_sessions", what, attack, "Forced update did not affect any rows")
        for what, attack in {
            "closed": lambda: _write_on(lambda: _open(PMO, False)),
            "opened again": lambda: [_open(PMO, False), _write_on(lambda: _open(PMO, True))],
        }.items()
    ),
    ("roletemplate.leaves_an_event", "published", _publish, EVENT),
    ("roletemplate.leaves_an_event", "retired", lambda: _change(_published("PMO"), state="retired"), EVENT),
    (
        "roletemplate.leaves_an_event",
        "with the event of another",
        lambda: [_publish(), _told(Act.PUBLISH_ROLE, _published("PMO"))],
        EVENT,
    ),
]


def _told(act: Act, role: RoleTemplate) -> None:
    record(act=act, actor=User.objects.installation(), project=Project.objects.get(level="organisation"), subject=role)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str) -> None:
    ATTACKS.prove(guard)


def test_every_part_of_a_published_role_is_attacked() -> None:
    kept = {field.name for field in RoleTemplate._meta.local_concrete_fields} - {"id", "state"}
    assert kept == set(OTHER) | set(IDENTITY)


def test_a_draft_may_change_in_everything_but_its_name_in_the_pack_and_be_given_up() -> None:
    assert refusal(lambda: _change(_ready(), **OTHER)) == ""
    assert refusal(lambda: _change(_ready(), state="retired")) == ""
    assert refusal(lambda: _ready().responsibilities.update(label_en="Y")) == ""
    assert refusal(lambda: _ready().responsibilities.all()._raw_delete("default")) == ""


def test_a_publication_with_its_event_passes() -> None:
    assert refusal(lambda: _told(Act.PUBLISH_ROLE, _publish())) == ""

    def next_version() -> None:
        before = _published("PMO")
        _change(before, state="retired")
        _told(Act.RETIRE_ROLE, before)
        _told(Act.PUBLISH_ROLE, _publish(code="PMO", version=2))

    assert refusal(next_version) == ""


def test_the_title_of_an_account_may_change(pmo: User) -> None:
    assert refusal(lambda: User.objects.filter(pk=pmo.pk).update(title="Dr")) == ""


def test_the_honest_rows_pass() -> None:
    assert refusal(_ready) == ""
    assert refusal(_activity) == ""
    assert refusal(_comparison) == ""
    assert refusal(lambda: _account("new@example.org")) == ""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MethodPack, "A method pack is kept"),
        (Activity, "An activity is kept"),
        (RoleTemplate, "A role template is kept"),
        (ComparisonDimension, "A comparison is kept"),
    ],
)
def test_the_referential_is_kept_even_where_nothing_points_to_it(model: Any, message: str) -> None:
    def attack() -> None:
        with acting_as(User.objects.installation()):
            spare = MethodPack.objects.create(code="spare", name_fr="Autre", name_en="Other")
        row = spare if model is MethodPack else _spare(model)
        model.objects.filter(pk=row.pk)._raw_delete("default")

    def _spare(model: Any) -> Any:
        if model is RoleTemplate:
            return _role()
        (_activity if model is Activity else _comparison)()
        return model.objects.latest("pk")

    assert message in refusal(attack, role=OWNER)
    assert "permission denied" in refusal(attack)


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
