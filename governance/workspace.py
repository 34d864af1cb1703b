"""The core's own entries: navigation of projects, decisions and roles, and the decisions behind a seat."""

import re
from typing import Any

import pgtrigger
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import task_queue
from core.record.erasure import display_text
from governance import (
    calendar_dates,  # noqa: F401  (announces the dates of calendars)
    event_subjects,  # noqa: F401  (announces how a feed names rows)
    task_kinds,  # noqa: F401  (announces the tasks)
    workspace_registry,
)
from governance.decide.decisions import watches
from governance.decide.decisions.dependents import DEPENDENTS
from governance.decide.decisions.fading import (
    list_absences_without_delegation,
    list_groups_without_champion,
    list_groups_without_representative,
    list_sendings_back,
    list_sent_back,
    list_unproven_conditions,
)
from governance.decide.decisions.models import Condition, Decision, Effect
from governance.decide.grounds.registry import GROUNDS, REPLACED, Ground, GroundRows
from governance.decide.independence.queries import describe_seats, is_seat_marked
from governance.decide.independence.services import mark_opinion
from governance.decide.independence.tasks import judge_independence
from governance.decide.kinds.groups import CONDITIONS, GROUPS, REVIEWS, RISKS
from governance.decide.obligations.facts import EVENT_ROWS
from governance.decide.obligations.models import Discharge, EvidenceCheck
from governance.decide.obligations.silences import FADINGS, Fading
from governance.decide.opinions.services import MARKS
from governance.desk.inbox.moving_in import MAIL
from governance.desk.inbox.queries import count_open_work
from governance.desk.inbox.services import put_away
from governance.enums import OnLapse
from governance.life.actions.models import Action
from governance.life.carry_overs.guards import UNFINISHED
from governance.life.carry_overs.models import CarryOver
from governance.life.closure.registry import OpenRows, OpenText, announce
from governance.life.decision_reviews.guards import TO_PROPOSE_AGAIN, to_review_sql
from governance.life.decision_reviews.models import DecisionReview
from governance.life.facts.guards import CHANGES_BY_ITS_OWNER, HAS_WHAT_IS_REQUIRED
from governance.life.second_look.models import SecondLook
from governance.life.succession.dependents import CORE_DEPENDENTS, DECISION_WATCH
from governance.record.earlier_decisions.guards import (
    IN_THE_REGISTER,
    REPLACES_AN_EARLIER_DECISION_ONCE,
    TAKES_OVER_THE_LIST_AS_IT_IS,
)
from governance.record.earlier_decisions.queries import (
    CITED,
    describe_replaced,
    find_cited,
    find_replaced,
    offer_to_replace,
    read_number,
)
from governance.record.verification import registry
from governance.workspace_registry import Entry, Group
from projects.independence.judging import JUDGES
from projects.models import Competence, Project
from projects.organisation_settings.registry import ON_TEST_MAIL
from projects.people.accounts.registry import OPEN_WORK
from projects.seats.mandates import lines

workspace_registry.EVERYWHERE += [
    Entry(15, _("My calendar"), "calendar-days", "governance:calendar:my_calendar"),
    Entry(20, _("Projects"), "layers", "governance:project_tree:project_list"),
    Entry(25, _("Decision register"), "scroll-text", "governance:register:register_everywhere"),
]
workspace_registry.OF_PROJECT += [
    Entry(10, _("Home"), "house", "governance:home:project_home", ("governance:home",)),
    Entry(
        40,
        _("Proposals"),
        "gavel",
        "governance:proposals:proposal_list",
        ("governance:dossier", "governance:evidence:proposal_evidence", "governance:proposals"),
    ),
    Entry(
        45,
        _("Sessions"),
        "calendar-clock",
        "governance:sittings:session_list",
        ("governance:bodies", "governance:lists", "governance:sittings"),
    ),
    Entry(
        50,
        _("Decision register"),
        "scroll-text",
        "governance:register:register",
        (
            "governance:acknowledgements",
            "governance:decision_reviews",
            "governance:earlier_decisions",
            "governance:records",
            "governance:register",
            "governance:second_look",
            "governance:verification",
        ),
    ),
    Entry(
        60,
        _("Roles"),
        "users",
        "governance:responsibilities:responsibilities",
        (
            "governance:launch",
            "governance:permissions",
            "governance:responsibilities",
            "projects:interests",
            "projects:mandates",
            "projects:appointments",
        ),
        Group.PREPARE,
    ),
    Entry(
        65,
        _("Obligations"),
        "list-checks",
        "governance:obligations:obligation_list",
        ("governance:obligations", "governance:carry_overs"),
        Group.FOLLOW,
    ),
    Entry(
        67,
        _("Actions"),
        "list-todo",
        "governance:actions:action_list",
        ("governance:actions",),
        Group.FOLLOW,
    ),
    Entry(
        130,
        _("Documents"),
        "files",
        "governance:evidence:project_documents",
        ("governance:evidence:document_replace", "governance:evidence:document_version"),
        Group.FOLLOW,
    ),
    Entry(
        150,
        _("Facts of the project"),
        "info",
        "governance:facts:facts",
        ("governance:facts", "governance:moves"),
        Group.PREPARE,
    ),
]
workspace_registry.ADMINISTRATION += [
    Entry(5, _("Projects and vacant roles"), "layers", "projects:opening:project_seats", ("projects:opening",)),
    Entry(
        7,
        _("People"),
        "users",
        "projects:people:person_list",
        (
            "projects:people:person_invite",
            "projects:people:person",
            "projects:people:absence_of",
            "projects:people:account_close",
            "projects:addresses:address_propose",
            "projects:administrators",
        ),
    ),
    Entry(9, _("Organisations"), "building-2", "projects:organisations:organisation_list", ("projects:organisations",)),
    Entry(
        20,
        _("Settings"),
        "settings-2",
        "projects:organisation_settings:settings_edit",
        ("projects:organisation_settings", "projects:sign_in_provider", "projects:provisioning"),
    ),
    Entry(
        30,
        _("Administration log"),
        "scroll-text",
        "projects:administration_log:administration_log",
        ("projects:administration_log",),
    ),
    Entry(10, _("Role templates"), "book-user", "projects:role_templates:referential", ("projects:role_templates",)),
]


def describe_conditions(keys: list[int]) -> dict[int, OpenText]:
    """Return the reference of the decision and the text of these conditions; one whose effect lapses stands alone."""
    rows = Condition.objects.filter(pk__in=keys).select_related("decision__project")
    return {
        row.pk: OpenText(
            f"{row.decision.reference} · {display_text(row.text)}", row.role, alone=row.on_lapse != OnLapse.STAYS
        )
        for row in rows
    }


def describe_decisions(keys: list[int]) -> dict[int, OpenText]:
    """Return the reference and the title of these decisions."""
    rows = Decision.objects.filter(pk__in=keys).select_related("project", "revision", "proposal")
    return {
        row.pk: OpenText(f"{row.reference} · {display_text(row.revision.title)}", row.proposal.author_role)
        for row in rows
    }


def describe_requests(keys: list[int]) -> dict[int, OpenText]:
    """Return the reference of the decision and the role asked in these reviews."""
    rows = DecisionReview.objects.filter(pk__in=keys).select_related("decision__project")
    return {row.pk: OpenText(f"{row.decision.reference} · {row.role}", row.role) for row in rows}


def describe_carried(keys: list[int]) -> dict[int, OpenText]:
    """Return the code of the project that ended and the text of these items."""
    rows = CarryOver.objects.filter(pk__in=keys).select_related("project")
    return {row.pk: OpenText(f"{row.project.code} · {row.title}") for row in rows}


def describe_actions(keys: list[int]) -> dict[int, OpenText]:
    """Return the reference and the text of these actions."""
    return {row.pk: OpenText(str(row), row.role) for row in Action.objects.filter(pk__in=keys)}


announce(
    OpenRows(
        "todo",
        RISKS,
        _("Action"),
        "SELECT a.id FROM public.governance_action a WHERE a.project_id = {project} AND a.state = 'open'",
        describe_actions,
    ),
    OpenRows(
        "condition",
        CONDITIONS,
        _("Condition"),
        """SELECT c.id FROM public.governance_condition c JOIN public.governance_decision d ON d.id = c.decision_id
           WHERE d.project_id = {project} AND c.state = 'open'""",
        describe_conditions,
    ),
    OpenRows("review", REVIEWS, _("Decision to review"), to_review_sql, describe_decisions),
    OpenRows("request", REVIEWS, _("Decision to propose again"), TO_PROPOSE_AGAIN, describe_requests),
    *(
        OpenRows(f"carried_{group.code}", group, _("Item carried over"), UNFINISHED[group.code], describe_carried)
        for group in GROUPS
        if group.code in UNFINISHED
    ),
)


def find_decisions(project: Project, references: list[str]) -> dict[str, Ground]:
    """Return the decisions with these references that are not replaced, in the version of their entry in the ledger."""
    start = f"{project.prefix}D-"
    numbers = {int(text.removeprefix(start)): text for text in references if text.startswith(start)}
    rows: Any = project.decisions.filter(number__in=numbers, superseded_by=None).with_event()
    return {
        numbers[row.number]: Ground(f"decision:{row.pk}", numbers[row.number], row.event_hash.hex()) for row in rows
    }


GROUNDS.append(
    GroundRows(
        "decision",
        _("Decision"),
        re.compile(r"[A-Z0-9]{1,10}D-[0-9]{1,6}"),
        find_decisions,
        """EXISTS (SELECT FROM public.projects_ledgerevent e
                   WHERE e.act = 'decide' AND e.subject = 'governance.decision' AND e.subject_id = {id}
                     AND e.project_id = {project} AND encode(e.hash, 'hex') = {version})
           AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = {id})""",
        lambda number: reverse("governance:records:decision_record", args=[number]),
    )
)

GROUNDS += [
    GroundRows(
        CITED,
        _("Earlier decision"),
        re.compile(r"(earlier|ant[ée]rieure) .{1,30}", re.IGNORECASE),
        find_cited,
        IN_THE_REGISTER,
        lambda number: reverse("governance:earlier_decisions:earlier_decision", args=[number]),
        read_number,
    ),
    GroundRows(
        REPLACED,
        _("Earlier decision"),
        re.compile(r"(replaces|remplace) .{1,30}", re.IGNORECASE),
        find_replaced,
        IN_THE_REGISTER,
        lambda number: reverse("governance:earlier_decisions:earlier_decision", args=[number]),
        read_number,
        _("Replaces"),
        describe_replaced,
        offer_to_replace,
    ),
]
pgtrigger.register(TAKES_OVER_THE_LIST_AS_IT_IS, REPLACES_AN_EARLIER_DECISION_ONCE)(Decision)

DEPENDENTS[:0] = CORE_DEPENDENTS  # before those of the workspaces
watches.register(DECISION_WATCH)


OPEN_WORK.append(count_open_work)
ON_TEST_MAIL.append(lambda person: put_away(person=person, name=MAIL))


def find_effects(about: Q) -> QuerySet[Effect]:
    """Return the effects of decisions on these rows."""
    return Effect.objects.filter(about).select_related("decision__project", "decision__proposal")


lines.EFFECTS.append(find_effects)
lines.REMARKED.append(is_seat_marked())
lines.REMARKS.append(describe_seats)
MARKS.append(mark_opinion)
EVENT_ROWS.append((("AMOA-04",), list_sendings_back))
FADINGS.extend(
    (
        Fading(("PMO-12", "PSO-05"), list_unproven_conditions, days=5, gone=20),
        Fading(("AMOA-04",), list_sent_back, days=15, gone=30),
        Fading(("MOA-12", "PO-03"), list_absences_without_delegation),
        Fading(("MOA-13", "PO-06"), list_groups_without_representative),
        Fading(("DEST-08", "UR-03"), list_groups_without_champion, days=20, gone=35),
    )
)
JUDGES.append(lambda project_id: task_queue.send(judge_independence, kwargs={"project_id": project_id}))


pgtrigger.register(CHANGES_BY_ITS_OWNER, HAS_WHAT_IS_REQUIRED)(Project)


registry.add_sealed(Discharge, "project")
registry.add_sealed(EvidenceCheck, "project")
registry.add_sealed(Competence, "project")
registry.add_sealed(DecisionReview, "decision__project")
registry.add_sealed(SecondLook, "decision__project")
