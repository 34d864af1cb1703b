"""Test that the printed matrix is what the permissions, the services and the database allow.

Matrices of every shape are checked exhaustively against the predicates, then installed, applied and used through the
real services. Refused acts are then tried in SQL.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from core.access import Refused, can
from core.acts import back_entry
from governance.decide.proposals.services import Incomplete
from governance.desk.permissions.simulation import (
    build_columns,
    build_proposal,
    is_allowed,
    list_advising_roles,
    list_proposing_roles,
)
from governance.desk.responsibilities.services import adapt_roles, with_duty, without_duty
from governance.models import Opinion, Proposal, ProposalDraft, ProposalRevision
from projects.models import Mandate, Matrix, Notification, Project
from projects.notices.enums import Reason
from projects.seats.mandates.holders import participants
from projects.seats.mandates.predicates import kinds_to_propose
from projects.seats.mandates.services import appoint, found_project, role_on
from projects.seats.matrix.models import sealed_columns
from projects.seats.role_templates.services import install_pack
from roles.enums import Authority, DecisionKind, Nature
from roles.role_templates.catalogue import Pack
from roles.role_templates.content import Duty
from roles.role_templates.content import Matrix as Content
from roles.role_templates.lint import findings
from tests import acts
from tests.attacks import Attacks
from tests.database import owning, refusal, undone
from tests.effort import EFFORT
from tests.projects.seats.matrix.strategies import matrices, printed

pytestmark = pytest.mark.django_db

LIVED = settings(
    max_examples=5 * EFFORT,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example is expensive
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Kinds that can be submitted on a new project with only the content of these tests.
PLAIN = ("arbitration", "communication")
#: Accounts without any seat on the projects of this file, in the order of the roles.
PEOPLE = ("pmo", "amoa", "moe", "recipient", "delegate", "other_pmo", "other_amoa")


# — the predicates —


def _on_paper(content: Content) -> Project:
    """Build an unsaved project with this matrix in force."""
    project = Project(pk=-1, code="PAPER")
    project.matrix = Matrix(pk=-1, project=project, number=1, **sealed_columns(content))
    return project


@settings(deadline=None, max_examples=30 * EFFORT)
@given(content=matrices())
def test_the_letters_are_what_the_permissions_answer(content: Content) -> None:
    """Expect no difference, for each role × kind × author: P, A, D, and who is asked."""
    project = _on_paper(content)
    people = [column for column in build_columns(project) if column.is_role]
    letters = {
        (role.code, kind): printed(content, role.code, kind) for role in content.roles for kind in DecisionKind.values
    }
    differences = []
    for kind in DecisionKind.values:
        writing = list_proposing_roles(project, people, kind)
        if writing != [role.code for role in content.roles if Nature.PROPOSE in letters[role.code, kind]]:
            differences.append(("propose", kind, writing))
        for author in writing:
            asked = [
                role.code
                for role in content.roles
                if role.authority == Authority.ADVISES
                and Nature.ADVISE in letters[role.code, kind]
                and role.code != author
            ]
            if list_advising_roles(people, kind, author) != sorted(asked):
                differences.append(("asked", kind, author))
            file = build_proposal(project, kind, author, asked)
            for column in people:
                letter = letters[column.code, kind]
                expected = {
                    "advise": Nature.ADVISE in letter and column.code != author,
                    "take_up": column.code in asked,
                    "decide": Nature.DECIDE in letter,
                    "submit": column.code == author,
                }
                found = {name: is_allowed(column, f"governance.{name}", file) for name in expected}
                if found != expected:
                    differences.append((column.code, kind, author, found, expected))
    assert findings(content) == []
    assert differences == []


# — the services —


@pytest.fixture
def founded(cast: dict[str, Any]) -> Callable[[Content], tuple[Project, dict[str, Any]]]:
    """Install a matrix as a method pack, open a project with it, give every role to a person: role → person."""

    def build(content: Content) -> tuple[Project, dict[str, Any]]:
        install_pack(actor=cast["staff_admin"], pack=Pack("random", "Hasard", "Chance", "", content))
        held = dict(zip([role.code for role in content.roles if not role.decides], PEOPLE, strict=False))
        words = {"code": "RANDOM", "prefix": "R", "title_fr": "Hasard", "title_en": "Chance", "language": "en"}
        dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "pack_id": "random"}
        with owning(), back_entry(timezone.now() - timedelta(days=1)):
            project = found_project(actor=cast["staff_admin"], owner=cast["owner"], fields=words | dates)
            for code, member in held.items():
                appoint(actor=cast["owner"], project=project, role=role_on(project, code), holder=cast[member])
        deciding = next(role.code for role in content.roles if role.decides)
        return Project.objects.get(pk=project.pk), {code: cast[m] for code, m in {deciding: "owner", **held}.items()}

    return build


def _accepted(perform: Callable[[], Any]) -> bool:
    """Return whether a service performed the act, and roll it back. A refusal is ours and leaves nothing."""
    kept = acts.count_evidence()
    with undone():
        try:
            perform()
        except Refused:
            assert acts.count_evidence() == kept
            return False
        return True


@LIVED
@given(content=matrices(), kinds=st.sets(st.sampled_from(DecisionKind.values), min_size=3, max_size=3))
def test_a_role_drafts_what_the_matrix_lets_it_propose_and_nothing_else(
    content: Content, kinds: set[str], founded: Any
) -> None:
    with undone():
        project, held = founded(content)
        assert project.matrix.read().powers() == content.powers() == project.matrix.powers
        for code, person in held.items():
            may_propose = {kind for kind in DecisionKind.values if Nature.PROPOSE in printed(content, code, kind)}
            assert set(kinds_to_propose(person, project)) == may_propose
            for kind in kinds:
                note(f"{code} {kind}")
                assert _accepted(lambda p=person, k=kind: acts.draft(p, project, k, terms={})) == (kind in may_propose)


@LIVED
@given(content=matrices(), kind=st.sampled_from(PLAIN), pick=st.integers(0, 6))
def test_letters_decide_who_is_asked_heard_and_notified(content: Content, kind: str, pick: int, founded: Any) -> None:
    with undone():
        project, held = founded(content)
        letters = {code: printed(content, code, kind) for code in held}
        authors = [code for code in held if Nature.PROPOSE in letters[code]]
        if not authors:
            return
        author = authors[pick % len(authors)]
        file = acts.draft(held[author], project, kind, impact_recipients="They are told.")
        revision = acts.submit(held[author], file)
        welcome = {code for code in held if Nature.ADVISE in letters[code] and code != author}
        asked = {code for code in welcome if content.role(code).authority == Authority.ADVISES}
        assert set(revision.asked_roles) == asked
        assert _told(project, Reason.OPINION_ASKED) == {held[code] for code in welcome}
        heard = [*sorted(welcome - asked), *sorted(asked)]
        for code in [*sorted(set(held) - welcome), *heard]:
            note(f"{code} on {kind} by {author}")
            assert can(held[code], "governance.advise", acts.reread(file)) == (code in welcome)
            if code not in welcome:
                assert not _accepted(lambda c=code: acts.advise(held[c], file))
            else:
                acts.advise(held[code], file)
        assert acts.reread(file).state == "ready_for_decision"
        deciding = {code for code in held if _accepted(lambda c=code: acts.decide(held[c], file))}
        assert deciding == {code for code in held if Nature.DECIDE in letters[code]}
        [owner] = deciding
        acts.decide(held[owner], file)
        taking = {held[code] for code in held if letters[code]}
        assert {mandate.holder for mandate in participants(project, kind)} == taking
        assert _told(project, Reason.DECIDED) == taking  # the owner gets the receipt


def _told(project: Project, reason: Reason) -> set[Any]:
    """List the recipients of this notice on a project with one submitted and decided file."""
    return {notice.recipient for notice in Notification.objects.filter(event__project=project, reason=reason)}


# — the database, past every service —


class Raw:
    """Files and opinions written past the services; each is valid except for the attack's change."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project = cast, project

    def submit(self, by: str, role: str, kind: str, asked: list[str]) -> None:
        """Write a proposal, its working text and its first revision."""
        person = self.cast[by]
        file = Proposal.objects.bulk_create(
            [
                Proposal(
                    project=self.project,
                    number=900,
                    kind=kind,
                    state_since=timezone.now(),
                    author=person,
                    author_role=role,
                    writers=[person.pk],
                )
            ]
        )[0]
        ProposalDraft.objects.bulk_create(
            [
                ProposalDraft(
                    proposal=file, saved_at=timezone.now(), **acts.CONTENT, terms=acts.terms_of(self.project, kind)
                )
            ]
        )
        revision = ProposalRevision(
            proposal=file,
            number=1,
            submitted_by=person,
            asked_roles=asked,
            acted_at=timezone.now(),
            **ProposalDraft.objects.get(proposal=file).content(),
        )
        revision.hash = revision.seal()
        ProposalRevision.objects.bulk_create([revision])

    def advise(self, file: Proposal, by: str, role: str) -> None:
        """Write an opinion on its current revision."""
        person = self.cast[by]
        Opinion.objects.bulk_create(
            [
                Opinion(
                    revision=file.current,
                    role=role,
                    mandate=Mandate.objects.active().get(holder=person, project=self.project),
                    adviser=person,
                    signature="X",
                    position="favourable",
                    reasons="Because.",
                    acted_at=timezone.now(),
                )
            ]
        )


@pytest.fixture
def raw(cast: dict[str, Any], project_one: Project) -> Raw:
    """Write past the services, on project one."""
    return Raw(cast, project_one)


BY_A_ROLE = "A proposal comes from a role that proposes in the matrix of the project (R2)"
ASKS_ALL = "A revision asks every role that advises by the matrix but its author's role (R5)"
BY_WHO_IS_ASKED = "An opinion is given by a role that is asked, never by that of the author"
SUBMITTED, ADVISED = "proposalrevision.is_submitted_by_its_role", "opinion.comes_from_an_adviser_who_is_asked"

ATTACKS = Attacks(
    [
        (
            SUBMITTED,
            "by the recipients, who propose nothing",
            lambda w, file: w.submit("recipient", "DEST", "change", ["AMOA", "PMO"]),
            BY_A_ROLE,
        ),
        (
            SUBMITTED,
            "by the provider, of a kind it does not propose",
            lambda w, file: w.submit("moe", "MOE", "scope", ["AMOA", "PMO"]),
            BY_A_ROLE,
        ),
        (SUBMITTED, "by the owner", lambda w, file: w.submit("owner", "MOA", "change", ["AMOA", "PMO"]), BY_A_ROLE),
        (SUBMITTED, "asking nobody", lambda w, file: w.submit("moe", "MOE", "change", []), ASKS_ALL),
        (SUBMITTED, "asking one of two", lambda w, file: w.submit("moe", "MOE", "change", ["PMO"]), ASKS_ALL),
        (
            SUBMITTED,
            "asking the author's role",
            lambda w, file: w.submit("amoa", "AMOA", "change", ["AMOA", "PMO"]),
            ASKS_ALL,
        ),
        (
            SUBMITTED,
            "asking a role that is only welcome",
            lambda w, file: w.submit("moe", "MOE", "change", ["AMOA", "DEST", "PMO"]),
            ASKS_ALL,
        ),
        (
            ADVISED,
            "an opinion of the provider, without the letter",
            lambda w, file: w.advise(file("submitted"), "moe", "MOE"),
            BY_WHO_IS_ASKED,
        ),
        (
            ADVISED,
            "an opinion of the recipients, without the letter",
            lambda w, file: w.advise(file("submitted"), "recipient", "DEST"),
            BY_WHO_IS_ASKED,
        ),
        (
            ADVISED,
            "an opinion of the author's role",
            lambda w, file: w.advise(file("submitted"), "amoa", "AMOA"),
            BY_WHO_IS_ASKED,
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, raw: Raw, proposal: Any) -> None:
    ATTACKS.prove(guard, raw, proposal)


def test_the_honest_rows_lack_only_their_event(raw: Raw, proposal: Any) -> None:
    honest = refusal(lambda: raw.submit("moe", "MOE", "change", ["AMOA", "PMO"]))
    assert "leaves an event" in honest
    assert "leaves an event" in refusal(lambda: raw.advise(proposal("submitted"), "pmo", "PMO"))


@LIVED
@given(content=matrices(), kind=st.sampled_from(PLAIN))
def test_the_database_lets_in_what_the_matrix_lets_propose_and_nothing_else(
    content: Content, kind: str, founded: Any, cast: dict[str, Any]
) -> None:
    with undone():
        project, held = founded(content)
        attempt = Raw(cast, project)
        members = {person.pk: member for member, person in cast.items() if member != "anonymous"}
        for code, person in held.items():
            advisers = [
                role.code
                for role in content.roles
                if role.authority == Authority.ADVISES
                and Nature.ADVISE in printed(content, role.code, kind)
                and role.code != code
            ]
            answer = refusal(lambda c=code, p=person, a=advisers: attempt.submit(members[p.pk], c, kind, a))
            note(f"{code} {kind}: {answer}")
            assert (BY_A_ROLE in answer) == (Nature.PROPOSE not in printed(content, code, kind))
            assert BY_A_ROLE in answer or "leaves an event" in answer


# — a change of the matrix changes the server —


def _in_force(cast: dict[str, Any], project: Project, change: Callable[[Content], Content], why: str) -> Project:
    """Change the roles as the PMO and approve them as the owner, through the services."""
    base = project.matrices.latest("number")
    adapted = adapt_roles(actor=cast["pmo"], project=project, base=base.number, content=change(base.read()), reason=why)
    terms = {"matrix": f"{adapted.number}:{adapted.hash}"}
    file = acts.prepare(cast["pmo"], cast["amoa"], project=project, kind="appointment", terms=terms)
    acts.decide(cast["owner"], file)
    return Project.objects.get(pk=project.pk)


def test_a_letter_that_the_owner_approves_opens_the_door_and_its_end_closes_it(
    cast: dict[str, Any], project_one: Project
) -> None:
    moe, duty = cast["moe"], _proposing("MOE-90", "CADRE")
    assert not can(moe, "governance.propose", Proposal(project=project_one, kind="scope"))
    written = adapt_roles(
        actor=cast["pmo"],
        project=project_one,
        base=1,
        reason="The provider knows the ground.",
        content=with_duty(project_one.matrix.read(), "MOE", duty),
    )
    assert not _accepted(lambda: acts.draft(moe, project_one, "scope"))  # written, not in force
    terms = {"matrix": f"{written.number}:{written.hash}"}
    acts.decide(
        cast["owner"], acts.prepare(cast["pmo"], cast["amoa"], project=project_one, kind="appointment", terms=terms)
    )

    project = Project.objects.get(pk=project_one.pk)
    file = acts.draft(moe, project, "scope", terms={"scope": "Quay 5."}, impact_recipients="None.")
    waiting = acts.draft(moe, project, "scope", terms={"scope": "Quay 6."}, impact_recipients="None.")
    revision = acts.submit(moe, file)
    assert revision.asked_roles == ["AMOA", "PMO"]
    inboxes = {
        member
        for member in ("owner", "pmo", "amoa", "moe", "recipient")
        if file in Proposal.objects.awaiting_opinion_of(cast[member])
    }
    assert inboxes == {"pmo", "amoa"}

    project = _in_force(cast, project, lambda content: without_duty(content, "MOE", duty.code, "No more."), "No more.")
    assert not can(moe, "governance.propose", Proposal(project=project, kind="scope"))
    assert not _accepted(lambda: acts.draft(moe, project, "scope"))
    assert can(moe, "governance.edit", acts.reread(waiting))
    assert not _accepted(lambda: acts.submit(moe, waiting))


def test_roles_without_two_advices_are_not_put_to_the_owner(cast: dict[str, Any], project_one: Project) -> None:
    def without_advice(content: Content) -> Content:
        pmo = content.role("PMO")
        assert pmo is not None
        kept = tuple(duty for duty in pmo.duties if duty.nature != Nature.ADVISE)
        return content.with_role(replace(pmo, duties=kept))

    with pytest.raises(Incomplete) as refused:
        _in_force(cast, project_one, without_advice, "The office does not advise here.")
    assert set(refused.value.gaps) == {"terms-matrix"}


def _proposing(code: str, line: str) -> Duty:
    return Duty(
        code=code,
        label_fr="Proposer",
        label_en="Propose",
        nature=Nature.PROPOSE,
        domains=("technical",),
        activities=(line,),
        evidence_fr="Note",
        evidence_en="Note",
        recurrence="continuous",
        because="Asked for.",
    )
