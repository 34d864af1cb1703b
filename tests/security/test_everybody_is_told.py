"""Test that each act on a hand or a seat tells whoever must know: a new act says to whom, or that it is none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from amoa.enums import Act as BusinessAct
from core.history import version_of
from core.tables.writer import as_csv
from governance.decide.disputes.services import dispute
from governance.enums import Act as GovernanceAct
from governance.life.facts.services import sign_decisions
from pmo.enums import Act as OfficeAct
from projects.enums import Level
from projects.ledger.enums import ACTS, Act
from projects.models import Credential, Delegation, LedgerEvent, Mandate, Notification, OrganisationSettings, Project
from projects.notices.enums import REASONS, Reason
from projects.notices.models import HAND_AND_SEAT
from projects.notices.tasks import relay
from projects.organisation_settings.services import edit_settings
from projects.people.absences.services import state_absence
from projects.people.accounts.employers import change_employer
from projects.people.accounts.services import close_account, invite_holder, plan_departure, reopen_account, send_reset
from projects.people.addresses.enums import Side
from projects.people.addresses.services import ask_address, confirm_address, object_to_address, propose_address
from projects.people.administrators.services import (
    end_administrator,
    invite_operator,
    keep_administrator,
    name_administrator,
    object_to_ending,
    second_ending,
)
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import confirm_credential, end_credential, give_credential, rename_credential
from projects.people.provisioning.fields import Fields
from projects.people.provisioning.services import change_provisioned, end_token, make_token
from projects.people.replacements.models import Replacement
from projects.people.replacements.services import (
    announce,
    ask_closing,
    confirm_anew,
    object_to_replacement,
    propose_owner,
    second,
    withdraw,
)
from projects.people.vouching.services import ask_vouch, vouch
from projects.seats.mandates.services import (
    accept,
    appoint,
    decline,
    delegate,
    end_mandate,
    name_owner,
    revoke,
    role_on,
)
from roles.models import User
from tests import acts
from tests.administrators import make_administrator
from tests.database import backdate
from tests.projects.imports.factories import bring_in
from tests.projects.people.replacements.factories import WHY, pass_time, proposed, taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADMINISTRATORS = ("staff_admin", "superuser")
#: Whoever must know of a change of the owner of project one, and of a replacement on project three.
ON_ONE = ("owner", "pmo", "amoa", *ADMINISTRATORS, "third")
ON_THREE = ("inactive_owner", "outsider", *ADMINISTRATORS, "third")


@dataclass
class World:
    """The cast with a third administrator, and project one."""

    cast: dict[str, Any]
    third: User
    project: Project
    proposal: Callable[[str], Any]

    def __getitem__(self, member: str) -> User:
        found: User = self.third if member == "third" else self.cast[member]
        return found


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project, proposal: Any) -> World:
    """Return the world of these acts."""
    return World(cast, make_administrator("third@example.org", "Third Admin"), project_one, proposal)


def mandate_of(world: World, member: str) -> Mandate:
    """Return the mandate of a member on project one."""
    return Mandate.objects.get(project=world.project, holder=world[member])


def give(person: User, origin: Origin = Origin.ADDED) -> Credential:
    """Give a person a code app."""
    return give_credential(actor=person, person=person, kind=CredentialKind.CODE_APP, origin=origin)


def asked(world: World) -> Any:
    """Ask for the end of the rights of the third administrator."""
    return end_administrator(actor=world["staff_admin"], person=world.third)


def object_to_end(world: World) -> None:
    """Object as the third administrator."""
    object_to_ending(actor=world.third, ending=asked(world))


def keep(world: World) -> None:
    """Take the end of rights back."""
    asked(world)
    keep_administrator(actor=world["staff_admin"], person=world.third)


def end_rights(world: World) -> None:
    """End rights by two administrators."""
    asked(world)
    second_ending(actor=world["superuser"], person=world.third)


def reopen(world: World) -> None:
    """Close an account and open it again."""
    close_account(actor=world["staff_admin"], person=world["outsider"])
    reopen_account(actor=world["staff_admin"], person=world["outsider"])


def invite_somebody(world: World) -> None:
    """Invite a person as the owner."""
    words = {"email": "new@example.org", "name": "Newcomer", "organisation": ""}
    invite_holder(actor=world["owner"], project=world.project, **words)


def save_settings(world: World) -> None:
    """Shorten the waiting time."""
    row = OrganisationSettings.objects.get()
    edit_settings(actor=world["staff_admin"], fields={"credential_hours": 0}, seen=version_of(row))


def end_a_token(world: World) -> None:
    """Make a token and end it."""
    token, _secret = make_token(actor=world["staff_admin"], name="directory")
    end_token(actor=world["superuser"], token=token)


def provision(world: World) -> None:
    """Rename an account as the directory does."""
    token, _secret = make_token(actor=world["staff_admin"], name="directory")
    person = world["outsider"]
    fields = Fields(person.email, "Somebody Else", "", "en", "", "", is_active=True)
    change_provisioned(actor=User.objects.installation(), token=token, person=person, fields=fields)


def move_to_another_employer(world: World) -> None:
    """Record another organisation of somebody as an administrator."""
    day = timezone.localdate()
    change_employer(actor=world["staff_admin"], person=world["outsider"], organisation="Next Ltd", starts_on=day)


def rename_by_a_file(world: World) -> None:
    """Rename somebody by a file of people."""
    chain, rows = Project.objects.get(level=Level.ORGANISATION), (("Somebody Else", world["outsider"].email),)
    bring_in(world["staff_admin"], chain, as_csv(("name", "email"), rows), "people")


def delegate_signature(world: World) -> Delegation:
    """Delegate the signature on project one to an outsider."""
    return delegate(
        actor=world["owner"],
        project=world.project,
        to=world["outsider"],
        kinds=["minor_change"],
        cap=None,
        document="Act 12",
        ends_at=timezone.now() + 9 * DAY,
    )


def appoint_somebody(world: World) -> Mandate:
    """Give a role on project one to the outsider."""
    role = role_on(world.project, "DEST")
    return appoint(actor=world["owner"], project=world.project, role=role, holder=world["outsider"], group="crews")


def accept_it(world: World) -> None:
    """Accept that role."""
    accept(actor=world["outsider"], mandate=appoint_somebody(world))


def ask_for_a_vouch(world: World) -> Credential:
    """Ask for a vouch."""
    give_credential(actor=world["owner"], person=world["owner"], kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    [credential] = ask_vouch(actor=world["owner"])
    return credential


def move(world: World) -> None:
    """Change the address of the outsider, with both mailboxes."""
    change = ask_address(actor=world["outsider"], email="moved@example.org")
    for side in (Side.OLD, Side.NEW):
        confirm_address(actor=world["outsider"], change=change, side=side)


def object_to_move(world: World) -> None:
    """Object to another address."""
    change = propose_address(actor=world["staff_admin"], person=world["outsider"], email="moved@example.org")
    object_to_address(actor=world["outsider"], change=change)


def follow(world: World) -> tuple[Project, User, User]:
    """Return project three, the administrator who proposes its next owner, and the one proposed."""
    return Project.objects.get(code="THREE"), world["staff_admin"], world["outsider"]


def propose_to_follow(world: World) -> Replacement:
    """Propose an owner of project three."""
    project, admin, successor = follow(world)
    return propose_owner(actor=admin, project=project, successor=successor, because=WHY)


def second_it(world: World) -> None:
    """Agree to it as the PMO."""
    second(actor=User.objects.get(email="other.pmo@example.org"), replacement=proposed(*follow(world)), because=WHY)


def stand_in(world: World) -> Replacement:
    """Have the outsider own project three."""
    row, _mandate = taken(*follow(world), User.objects.get(email="other.pmo@example.org"))
    return row


def object_as_the_former(world: World) -> Replacement:
    """Object as the former owner, once the outsider owns project three."""
    row = stand_in(world)
    object_to_replacement(actor=world["inactive_owner"], replacement=row)
    return pass_time(row)


def announce_again(world: World) -> None:
    """Announce a week later what one person proposes alone."""
    row = proposed(*follow(world))
    backdate("projects_replacement", "alone", True, "id = %s", [row.pk])
    announce(actor=User.objects.installation(), replacement=pass_time(row, 8 * DAY))


def be_away(world: World) -> None:
    """State the absence of somebody else."""
    day = timezone.localdate()
    about = {"absent_from": day, "absent_until": day + DAY, "stand_in": None}
    state_absence(actor=world["staff_admin"], person=world["outsider"], **about)


def dispute_a_decision(world: World) -> None:
    """Dispute one's own signature."""
    dispute(actor=world["owner"], decision=acts.decide(world["owner"], world.proposal("ready_for_decision")))


#: Each act on a hand or a seat: how it is done here, and who is told at least, besides what other acts of it tell.
TOLD: dict[Act, tuple[Callable[[World], Any], tuple[str, ...]]] = {
    Act.NAME_ADMINISTRATOR: (
        lambda w: name_administrator(actor=w["staff_admin"], person=w["outsider"]),
        (*ADMINISTRATORS, "third", "outsider"),
    ),
    Act.INVITE_HOLDER: (invite_somebody, (*ADMINISTRATORS, "third")),
    Act.INVITE: (
        lambda w: invite_operator(actor=User.objects.installation(), email="ops@example.org", name="Ops"),
        (*ADMINISTRATORS, "third"),
    ),
    Act.ASK_RIGHTS_END: (asked, (*ADMINISTRATORS, "third")),
    Act.OBJECT_RIGHTS_END: (object_to_end, (*ADMINISTRATORS, "third")),
    Act.KEEP_RIGHTS: (keep, (*ADMINISTRATORS, "third")),
    Act.END_ADMINISTRATOR: (end_rights, (*ADMINISTRATORS, "third")),
    Act.EDIT_SETTINGS: (save_settings, (*ADMINISTRATORS, "third", "owner", "delegate", "future_owner", "other_owner")),
    Act.MAKE_TOKEN: (
        lambda w: make_token(actor=w["staff_admin"], name="directory"),
        (*ADMINISTRATORS, "third"),
    ),
    Act.END_TOKEN: (end_a_token, (*ADMINISTRATORS, "third")),
    GovernanceAct.SIGN_DECISIONS: (
        lambda w: sign_decisions(actor=w["owner"], project=w.project, required=True, seen=version_of(w.project)),
        (*ADMINISTRATORS, "third", "owner", "delegate", "pmo", "amoa"),
    ),
    Act.NAME_OWNER: (
        lambda w: name_owner(actor=w["owner"], project=w.project, holder=w["outsider"]),
        (*ON_ONE, "outsider"),
    ),
    Act.ASK_REPLACEMENT: (
        lambda w: ask_closing(actor=User.objects.installation(), person=w["owner"]),
        (*ADMINISTRATORS, "third"),
    ),
    Act.PROPOSE_REPLACEMENT: (propose_to_follow, ON_THREE),
    Act.SECOND_REPLACEMENT: (second_it, ON_THREE),
    Act.ANNOUNCE_REPLACEMENT: (announce_again, ON_THREE),
    Act.TAKE_REPLACEMENT: (stand_in, ON_THREE),
    Act.OBJECT_REPLACEMENT: (object_as_the_former, ON_THREE),
    Act.CONFIRM_REPLACEMENT: (
        lambda w: confirm_anew(actor=w["staff_admin"], replacement=object_as_the_former(w), because=WHY),
        ON_THREE,
    ),
    Act.END_REPLACEMENT: (lambda w: withdraw(actor=w["staff_admin"], replacement=proposed(*follow(w))), ON_THREE),
    Act.APPOINT: (appoint_somebody, ("owner", "outsider")),
    Act.ACCEPT: (accept_it, ("owner",)),
    Act.DECLINE: (
        lambda w: decline(actor=w["outsider"], mandate=appoint_somebody(w), because=WHY),
        ("owner", "outsider"),
    ),
    Act.END_MANDATE: (lambda w: end_mandate(actor=w["owner"], mandate=mandate_of(w, "moe")), ("owner", "moe")),
    Act.DELEGATE: (delegate_signature, ("owner", "outsider")),
    Act.REVOKE: (lambda w: revoke(actor=w["owner"], delegation=delegate_signature(w)), ("owner", "outsider")),
    Act.GIVE_CREDENTIAL: (lambda w: give(w["owner"]), ("owner", *ADMINISTRATORS, "third")),
    Act.CHANGE_HAND: (lambda w: give(w["owner"]), ("pmo", "amoa")),
    Act.CONFIRM_CREDENTIAL: (lambda w: confirm_credential(actor=w["owner"], credential=give(w["owner"])), ("owner",)),
    Act.RENAME_CREDENTIAL: (
        lambda w: rename_credential(actor=w["owner"], credential=give(w["owner"]), name="Office"),
        ("owner",),
    ),
    Act.END_CREDENTIAL: (lambda w: end_credential(actor=w["owner"], credential=give(w["owner"])), ("owner",)),
    Act.ASK_VOUCH: (ask_for_a_vouch, (*ADMINISTRATORS, "third")),
    Act.VOUCH: (lambda w: vouch(actor=w["staff_admin"], waiting=ask_for_a_vouch(w), words=WHY), ("owner",)),
    Act.SEND_RESET: (lambda w: send_reset(actor=w["staff_admin"], person=w["owner"]), ("owner",)),
    Act.ASK_ADDRESS: (lambda w: ask_address(actor=w["outsider"], email="moved@example.org"), ("outsider",)),
    Act.PROPOSE_ADDRESS: (
        lambda w: propose_address(actor=w["staff_admin"], person=w["outsider"], email="moved@example.org"),
        ("outsider", "superuser", "third"),
    ),
    Act.CHANGE_ADDRESS: (move, ("outsider",)),
    Act.END_ADDRESS: (object_to_move, ("outsider", *ADMINISTRATORS, "third")),
    Act.EDIT_ACCOUNT: (rename_by_a_file, ("outsider",)),
    Act.CHANGE_EMPLOYER: (move_to_another_employer, ("outsider",)),
    Act.PROVISION_ACCOUNT: (provision, ("outsider",)),
    Act.CLOSE_ACCOUNT: (lambda w: close_account(actor=w["staff_admin"], person=w["outsider"]), ("outsider",)),
    Act.REOPEN_ACCOUNT: (reopen, ("outsider", "superuser", "third")),
    Act.PLAN_DEPARTURE: (
        lambda w: plan_departure(actor=w["staff_admin"], person=w["outsider"], last_day=timezone.localdate()),
        ("outsider", "superuser", "third"),
    ),
    Act.STATE_ABSENCE: (be_away, ("outsider",)),
    Act.DISPUTE: (dispute_a_decision, ("owner", "pmo", *ADMINISTRATORS, "third")),
    GovernanceAct.DECIDE: (lambda w: acts.decide(w["owner"], w.proposal("ready_for_decision")), ("owner",)),
}
#: Acts on a hand or a seat that another event of the same act tells, or that only their own person can do.
TOLD_ELSEWHERE = {
    Act.SET_UP: "the first administrator: there is nobody to tell",
    Act.OPEN_ACCOUNT: "a person opens their own account, with a first credential that is told",
    Act.CHANGE_PASSWORD: "the credential is told",
    Act.CONFIRM_ADDRESS: "the mailbox itself answers; its effect is told",
    Act.FOUND: "the owner named is told",
    Act.PROVE_CREDENTIAL: "the change of the hand is told",
    Act.REMIND_VOUCH: "the change of the hand is told each week",
    Act.COUNT_ALONE: "the change of the hand is told",
}
#: Acts on the work of a project, the roles and the organisation: they change no hand and no seat.
NEITHER = {
    Act.STATE_COMPETENCE,
    Act.PUBLISH_ROLE,
    Act.RETIRE_ROLE,
    Act.INSTALL_PACK,
    Act.APPLY_ROLES,
    Act.ADAPT_ROLES,
    GovernanceAct.MARK_INDEPENDENCE,  # of the owner and the advisers concerned: tests/governance/decide/independence
    Act.KEEP_ORGANISATION,
    Act.LINK_ORGANISATIONS,
    Act.END_LINK,
    Act.NOTE_BIDDER,
    Act.DECLARE_INTEREST,
    Act.SETTLE_INTEREST,
    GovernanceAct.DESCRIBE_GROUP,
    GovernanceAct.GIVE_ACTION,  # its person is told: tests/governance/life/actions
    GovernanceAct.SETTLE_ACTION,  # its person and who gave it: tests/governance/life/actions
    BusinessAct.WRITE_REQUIREMENTS,
    Act.IMPORT_LIST,
    BusinessAct.IMPORT_REQUIREMENTS,
    BusinessAct.FREEZE_BASELINE,
    BusinessAct.IMPLEMENT,
    BusinessAct.ASK,
    BusinessAct.ANSWER,
    BusinessAct.ESTIMATE,
    BusinessAct.PLAN_ACCEPTANCE,
    BusinessAct.RUN_TEST,
    BusinessAct.REPORT_DEFECT,
    BusinessAct.CORRECT_DEFECT,
    BusinessAct.CLOSE_DEFECT,
    BusinessAct.CLOSE_CAMPAIGN,
    BusinessAct.PLAN_CHANGE,
    BusinessAct.FREEZE_PLAN,
    BusinessAct.GIVE_FEEDBACK,
    BusinessAct.ANSWER_FEEDBACK,
    GovernanceAct.ACKNOWLEDGE,
    OfficeAct.FOLLOW_INDICATORS,
    OfficeAct.PUBLISH_WEATHER,
    OfficeAct.PLAN_SCHEDULE,
    OfficeAct.CONFIRM_DEPENDENCIES,
    OfficeAct.PLAN_MEANS,
    OfficeAct.PROPOSE_CRITERION,
    OfficeAct.PROPOSE_BENEFIT,
    OfficeAct.FREEZE_CRITERIA,
    OfficeAct.MEASURE_CRITERION,
    OfficeAct.NOTE_LESSON,
    OfficeAct.RAISE_RISK,
    OfficeAct.EDIT_RISK,
    OfficeAct.ASSESS_RISK,
    OfficeAct.TREAT_RISK,
    OfficeAct.REVIEW_RISKS,
    OfficeAct.MATERIALISE_RISK,
    OfficeAct.ESCALATE_RISK,
    OfficeAct.EXAMINE_ESCALATION,
    OfficeAct.ANSWER_ESCALATION,
    OfficeAct.RAISE_ISSUE,
    OfficeAct.SETTLE_ISSUE,
    OfficeAct.SET_RISK_SCALE,
    OfficeAct.CHECK_CONFORMITY,
    OfficeAct.REVOKE_WAIVER,
    OfficeAct.CLOSE_WAIVER,
    GovernanceAct.DRAFT,
    GovernanceAct.EDIT,
    GovernanceAct.SUBMIT,
    GovernanceAct.TAKE_UP,
    GovernanceAct.ADVISE,
    GovernanceAct.NOTE_BINDING,
    GovernanceAct.WITHDRAW,
    Act.STORE_RECORD,
    GovernanceAct.SUPERSEDE,
    GovernanceAct.PROVE,
    GovernanceAct.LIFT,
    GovernanceAct.WAIVE,
    GovernanceAct.CARRY_OVER,
    GovernanceAct.ACCEPT_CARRY_OVER,
    GovernanceAct.DECLINE_CARRY_OVER,
    GovernanceAct.FINISH_CARRY_OVER,
    GovernanceAct.REFUSE_CARRY_OVER,
    GovernanceAct.WRITE_BODY,
    GovernanceAct.WRITE_SESSION,
    GovernanceAct.CONVENE_SESSION,
    GovernanceAct.ADD_SESSION_ITEM,
    GovernanceAct.OPEN_SESSION,
    GovernanceAct.NOTE_SESSION_ITEM,
    GovernanceAct.CLOSE_SESSION,
    GovernanceAct.CANCEL_SESSION,
    GovernanceAct.SETTLE_LIST,
    GovernanceAct.RECTIFY_LIST,
    GovernanceAct.LAPSE,
    GovernanceAct.FULFIL,
    GovernanceAct.CHECK_EVIDENCE,
    GovernanceAct.EXCUSE,
    OfficeAct.REMIND,
    GovernanceAct.ADD_DOCUMENT,
    GovernanceAct.REPLACE_DOCUMENT,
    GovernanceAct.BREAK_SEAL,
    GovernanceAct.REVIEW_DECISION,
    GovernanceAct.COME_BACK,
    GovernanceAct.LOOK_BACK,
    OfficeAct.ARCHIVE_REVIEW,
    OfficeAct.KEEP_STANDARDS,
    Act.ERASE,
    GovernanceAct.EDIT_FACTS,
    GovernanceAct.WRITE_EARLIER,
    GovernanceAct.SWITCH_WORKSPACES,
    GovernanceAct.REQUIRE_WORKSPACES,
    GovernanceAct.CHANGE_PLACE,
    GovernanceAct.ASK_MOVE,
    GovernanceAct.ACCEPT_MOVE,
    GovernanceAct.REFUSE_MOVE,
    GovernanceAct.TAKE_BACK_MOVE,
    Act.ARCHIVE,
    Act.UNARCHIVE,
    Act.SEAL_ROWS,
}


def test_every_act_says_whom_it_tells_or_that_it_is_on_no_hand_and_no_seat() -> None:
    assert {*TOLD} | {*TOLD_ELSEWHERE} | NEITHER == {*ACTS}
    assert len(TOLD) + len(TOLD_ELSEWHERE) + len(NEITHER) == len(ACTS)


@pytest.mark.parametrize("act", TOLD, ids=str)
def test_whoever_must_know_is_told_first_and_at_every_address(act: Act, world: World) -> None:
    do, audience = TOLD[act]
    seen = LedgerEvent.objects.latest("pk").pk
    do(world)
    events = LedgerEvent.objects.filter(act=act, pk__gt=seen)
    assert events.exists()
    notices = Notification.objects.filter(event__in=events).select_related("event", "recipient")
    expected = {world[member] for member in audience}
    assert expected <= {notice.recipient for notice in notices if notice.is_on_hand_or_seat}
    mail.outbox.clear()
    relay()
    assert {person.email for person in expected} <= {box for sent in mail.outbox for box in sent.to}


def test_a_reason_on_a_hand_or_a_seat_is_told_by_an_act_or_a_date() -> None:
    by_a_date = {Reason.ROLE_OVER, Reason.DELEGATION_OVER, Reason.DEPARTURE_OVER}
    taken_back = {Reason.ABSENCE_OVER, Reason.DEPARTURE_OFF}
    assert by_a_date | taken_back <= HAND_AND_SEAT <= {*REASONS}
