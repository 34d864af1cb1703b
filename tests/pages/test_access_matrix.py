"""Request every address as the whole cast with GET and POST. An address without a line here fails the build."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django import shortcuts
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from amoa.change_plan.calendar_views import build_feed_token
from pmo.models import Review
from projects.models import Project
from roles.models import User
from tests.conftest import CAST, ReadOnlyClient
from tests.database import undone
from tests.effort import in_turn
from tests.pages.visits import (
    HTTP,
    ON_STANDARDS,
    act,
    conditions_of,
    document_of,
    published_role,
    question,
    requirement,
    rows,
)
from tests.pmo.standards.conformity.checked_standards import of_the_cast

pytestmark = pytest.mark.django_db

#: Seconds, well within the quarter of an hour for which a sign-in proves its person.
SIGN_IN_LASTS = 600

#: The parts of the address of a calendar feed.
FEED = ("person", "project_id", "token")
Pair = tuple[int, int]  # answers to GET and POST
READERS = ("owner", "future_owner", "delegate", "pmo", "amoa", "moe", "recipient")
STRANGERS = ("former_owner", "other_owner", "outsider", "staff_admin", "superuser")
VISITORS = ("inactive_owner", "anonymous")  # a closed account is signed out at once
ON_PAPER = {
    "amoa:specification:specification_file",
    "governance:dossier:dossier_file",
    *(f"governance:register:register_{page}{of}" for page in ("file", "download") for of in ("", "_everywhere")),
}
ADDING = ("owner", "pmo", "amoa", "moe")  # may add documents: the owner and the proposers
GIVING = ("owner", "pmo", "amoa")  # give actions
SEATED = ("owner", "pmo", "amoa", "moe", "recipient")  # hold a role today
TESTING = ("amoa", "recipient")  # run the tests
ABSENT = 999_999


@dataclass(frozen=True)
class Line:
    """Expected answers for members of project one, other accounts and visitors; `but` names the exceptions.

    `on` is the proposal of the cast in the address, `act` the act whose fields are posted.
    """

    readers: Pair
    strangers: Pair
    visitors: Pair = (302, 302)
    but: dict[str, Pair] = field(default_factory=dict)
    on: str = ""
    act: str = ""

    def expected(self) -> dict[str, Pair]:
        """Map the answers by member of the cast."""
        groups = ((READERS, self.readers), (STRANGERS, self.strangers), (VISITORS, self.visitors))
        return {member: pair for members, pair in groups for member in members} | self.but

    def asked(self, place: int) -> set[str]:
        """Return who asks at this place: who gets another answer than their group, a superuser, and some in turn.

        One rule answers all others of a group, whoever they are; when WHOLE each of them asks. Two members ask where
        members are refused, one where they read or the row is absent: pages are read in test_page_rules.py.
        """
        is_absent = self.readers[0] == 404 and not self.on
        members = in_turn(place, READERS, 1 if is_absent or self.readers[0] == 200 else 2)
        return {*self.but, *members, *in_turn(place, STRANGERS[:-1]), *in_turn(place, VISITORS), "superuser"}

    def opening(self, place: int) -> set[str]:
        """Return who of them opens the page as well: of several who may, though their group may not, one in turn.

        Each of these sends its form.
        """
        several = [member for member, (get, _post) in self.but.items() if get == 200]
        return self.asked(place) - {*several} | {*in_turn(place, several)}


def page(**more: Any) -> Line:
    """Expect a page for the members of the project only."""
    return Line((200, 405), (404, 405), **more)


OK, HIDDEN = (200, 405), (404, 404)


def owner_only(act: str) -> Line:
    """Expect an act on the roles of project one: the owner alone; other members read who may."""
    return Line((403, 403), HIDDEN, but={"owner": (200, 302)}, act=act)


def amoa_only(act: str) -> Line:
    """Expect an act on the change plan; members without the role read who may."""
    return Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, act=act)


def pmo_only(act: str) -> Line:
    """Expect an act on standards, schedule and budget; members without the role read who may."""
    return Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, act=act)


def keepers_only(act: str) -> Line:
    """Expect an act on the risk register; members without the role read who may."""
    return Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 302)), act=act)


def administrators_only(get: int, post: int, *, others: Pair = (403, 403), act: str = "") -> Line:
    """Expect a page of the catalogue: administrators get these answers, everybody else reads who may."""
    return Line(others, others, but=dict.fromkeys(("staff_admin", "superuser"), (get, post)), act=act)


LINES: dict[str, list[Line]] = {
    "healthz": [Line((200, 405), (200, 405), (200, 405))],
    "readyz": [Line((503, 405), (503, 405), (503, 405))],  # no worker runs in the tests
    "metrics": [Line((404, 405), (404, 405), (404, 405))],  # who has its token is no person
    "system_state": [administrators_only(200, 405, others=(403, 405))],
    "failed_mails": [administrators_only(200, 405, others=(403, 405))],
    "mails_retry": [administrators_only(405, 302, others=(405, 403))],
    "account_login": [Line((302, 302), (302, 302), (200, 302), act="sign_in")],
    "account_passkey": [Line((405, 302), (405, 302), (405, 302))],
    "account_passkey_options": [Line((405, 200), (405, 200), (405, 200))],
    "mfa_authenticate": [Line((302, 302), (302, 302), (302, 302))],
    "account_logout": [Line((200, 302), (200, 302), act="sign_out")],
    "account_sign_in_link": [Line((200, 422), (200, 422), (200, 422))],
    "account_sign_in_from_here": [Line((200, 200), (200, 200), (200, 200))],
    "account_reset_password": [Line((200, 200), (200, 200), (200, 200))],
    "account_reset_password_done": [Line((200, 405), (200, 405), (200, 405))],
    "account_reset_password_from_key": [Line((200, 200), (200, 200), (200, 200))],
    "account_reset_password_from_key_done": [Line((200, 405), (200, 405), (200, 405))],
    "roles:preferences": [Line((405, 302), (405, 302), (405, 302), act="preferences")],
    "governance:inbox:inbox": [Line(OK, OK)],
    "governance:calendar:my_calendar": [Line(OK, OK)],
    "governance:calendar:my_feed_create": [Line((405, 302), (405, 302))],
    "governance:calendar:my_feed_end": [Line((405, 302), (405, 302))],
    "governance:calendar:my_feed": [Line((404, 405), (404, 405), (404, 405))],
    "governance:register:register_everywhere": [Line(OK, OK)],
    "governance:register:register_file_everywhere": [Line((200, 302), (200, 302))],
    "governance:register:register_download_everywhere": [Line((302, 405), (302, 405))],
    "governance:inbox:task_snooze": [Line(HIDDEN, HIDDEN)],
    "governance:inbox:task_unsnooze": [Line((405, 404), (405, 404))],
    "governance:project_tree:start": [Line((302, 405), (302, 405))],
    "governance:project_tree:project_list": [Line(OK, OK)],
    "governance:search:search": [Line(OK, OK)],
    "governance:search:palette": [Line(OK, OK)],
    "governance:home:project_home": [page()],
    "governance:facts:facts": [page()],
    "governance:place:place": [page()],
    "governance:facts:facts_edit": [Line((403, 403), HIDDEN, but={"owner": (200, 302)}, act="edit_facts")],
    "governance:facts:workspaces_switch": [
        Line((403, 403), HIDDEN, but={"owner": (200, 302)}, act="switch_workspaces")
    ],
    "governance:facts:signing": [Line((403, 403), HIDDEN, but={"owner": (200, 302)}, act="sign_decisions")],
    "governance:facts:archive": [Line((403, 403), HIDDEN, but={"owner": (200, 409)})],
    "governance:facts:unarchive": [Line((403, 403), HIDDEN, but={"owner": (200, 409)})],
    "governance:carry_overs:carry_over_list": [page()],
    "governance:carry_overs:carry_over": [Line((404, 405), (404, 405))],
    "governance:carry_overs:carry_over_accept": [Line(HIDDEN, HIDDEN)],
    "governance:carry_overs:carry_over_decline": [Line(HIDDEN, HIDDEN)],
    "governance:carry_overs:carry_over_finish": [Line(HIDDEN, HIDDEN)],
    "governance:carry_overs:carry_over_refuse": [Line(HIDDEN, HIDDEN)],
    "governance:actions:action_list": [page()],
    "governance:actions:actions_grid": [Line((403, 403), HIDDEN, but=dict.fromkeys(GIVING, (200, 302)))],
    "governance:actions:actions_change": [Line((405, 403), (405, 404), but=dict.fromkeys(GIVING, (405, 422)))],
    "governance:actions:actions_undo": [Line((405, 403), (405, 404), but=dict.fromkeys(GIVING, (405, 409)))],
    "governance:actions:actions_paste": [Line((403, 403), HIDDEN, but=dict.fromkeys(GIVING, (200, 422)))],
    "governance:actions:action_new": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(GIVING, (200, 302)), act="give_action")
    ],
    "governance:actions:action": [page(act="settle_action"), Line((404, 405), (404, 405))],
    # that of the cast is done
    "governance:actions:action_edit": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(GIVING, (409, 409)), act="edit_action"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:actions:action_settle": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("amoa", "moe"), (200, 302)), act="settle_action"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:moves:move_ask": [Line((403, 403), HIDDEN, but={"owner": (200, 422)})],
    "governance:moves:move": [Line((404, 405), (404, 405))],
    "governance:moves:move_accept": [Line(HIDDEN, HIDDEN)],
    "governance:moves:move_refuse": [Line(HIDDEN, HIDDEN)],
    "governance:moves:move_take_back": [Line(HIDDEN, HIDDEN)],
    "governance:register:register": [page()],
    "governance:register:register_file": [Line((200, 302), HIDDEN)],
    "governance:register:register_download": [Line((302, 405), (404, 405))],
    "governance:earlier_decisions:earlier_list": [page()],
    "governance:earlier_decisions:earlier_decision": [page(act="edit_earlier"), Line((404, 405), (404, 405))],
    "governance:earlier_decisions:earlier_new": [pmo_only("write_earlier")],
    "governance:earlier_decisions:earlier_edit": [pmo_only("edit_earlier"), Line(HIDDEN, HIDDEN)],
    "governance:proposals:proposal_list": [page()],
    "governance:proposals:proposal_new": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa", "moe"), (200, 302)), act="draft")
    ],
    "governance:dossier:dossier": [
        page(on="ready_for_decision"),
        page(on="withdrawn"),
        Line((404, 405), (404, 405), but={"amoa": OK}, on="draft"),
        Line((404, 405), (404, 405), but={"other_owner": OK}, on="ready_two"),
        Line((404, 405), (404, 405)),
    ],
    "governance:dossier:dossier_file": [
        page(on="decided"),
        Line((404, 405), (404, 405), but={"amoa": OK}, on="draft"),
        Line((404, 405), (404, 405)),
    ],
    "governance:dossier:dossier_history": [
        page(on="decided"),
        Line((404, 405), (404, 405), but={"amoa": OK}, on="draft"),
        Line((404, 405), (404, 405)),
    ],
    "governance:dossier:dossier_revision": [page(on="revised"), Line((404, 405), (404, 405), on="draft")],
    "governance:proposals:proposal_edit": [
        Line(HIDDEN, HIDDEN, but={"amoa": (200, 302)}, on="draft", act="edit"),
        Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, on="ready_for_decision", act="edit"),
        Line((403, 403), HIDDEN, but={"amoa": (409, 409)}, on="decided", act="edit"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:proposals:proposal_counter": [
        Line(
            (403, 403),
            HIDDEN,
            but={"pmo": (200, 302), "moe": (200, 302), "amoa": (409, 409)},
            on="ready_for_decision",
            act="counter",
        ),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:requirements:requirement_list": [page()],
    "amoa:requirements:requirement_new": [
        Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, act="write_requirement"),
    ],
    "amoa:requirements:requirements_change": [
        Line((405, 403), (405, 404), but={"amoa": (405, 200)}, act="change_requirements"),  # asks to confirm
        Line((405, 403), (405, 404), but={"moe": (405, 302)}, act="implement"),
    ],
    "amoa:requirements:requirements_grid": [Line((403, 403), HIDDEN, but={"amoa": (200, 302)})],
    "amoa:requirements:requirements_undo": [
        Line((405, 403), (405, 404), but={"amoa": (405, 409)}),
    ],
    "amoa:requirements:requirement_lint": [
        Line((405, 403), (405, 404), but={"amoa": (405, 200)}, act="write_requirement"),
    ],
    "amoa:requirements:requirement": [page(act="edit_requirement"), Line((404, 405), (404, 405))],
    "amoa:requirements:requirement_history": [page(act="edit_requirement"), Line((404, 405), (404, 405))],
    "amoa:requirements:requirement_edit": [
        Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, act="edit_requirement"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:requirements:requirement_row": [
        Line((302, 403), HIDDEN, but={"amoa": (302, 302)}, act="edit_requirement"),
    ],
    "amoa:traceability:traceability": [page()],
    "amoa:traceability:traceability_file": [page()],
    "amoa:traceability:trace_path": [page(act="edit_requirement"), Line((404, 405), (404, 405))],
    "amoa:requirements:baseline_list": [page()],
    "amoa:requirements:baseline": [page()],
    "amoa:specification:specification": [page()],
    "amoa:specification:baseline_specification": [page()],
    "amoa:specification:specification_file": [page()],
    "amoa:specification:specification_prepare": [Line((405, 404), (405, 404))],  # without a format: none is written
    "amoa:requirements:baseline_freeze": [Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, act="freeze_baseline")],
    "amoa:questions:liaison": [page()],
    "amoa:questions:question_ask": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("amoa", "moe"), (200, 302)), act="ask"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:questions:question_answer": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="answer"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:questions:estimates": [Line((403, 403), HIDDEN, but={"moe": (200, 302)})],
    "amoa:questions:estimate_give": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="estimate"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:evidence:project_documents": [
        Line((200, 403), HIDDEN, but=dict.fromkeys(ADDING, (200, 302)), act="add_document"),
    ],
    "governance:evidence:document_version": [page(on="draft"), page(on="closed"), Line((404, 405), (404, 405))],
    "governance:evidence:document_replace": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(ADDING, (200, 302)), on="closed", act="replace_document"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:evidence:proposal_evidence": [
        Line(HIDDEN, HIDDEN, but={"amoa": (200, 302)}, on="draft", act="add_evidence"),
        Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, on="ready_for_decision", act="add_evidence"),
        Line((403, 403), HIDDEN, but={"amoa": (409, 409)}, on="decided", act="add_evidence"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:evidence:evidence_attach": [
        Line((405, 403), (405, 404), but={"amoa": (405, 302)}, on="ready_for_decision", act="attach_evidence"),
        Line((405, 404), (405, 404), but={"amoa": (405, 422)}, on="draft", act="attach_evidence"),
        Line((405, 403), (405, 404), but={"amoa": (405, 409)}, on="decided", act="attach_evidence"),
        Line((405, 404), (405, 404)),
    ],
    "governance:evidence:evidence_detach": [
        Line((405, 404), (405, 404), but={"amoa": (405, 302)}, on="draft", act="detach_evidence"),
        Line((405, 403), (405, 404), but={"amoa": (405, 409)}, on="decided", act="detach_evidence"),
        Line((405, 404), (405, 404)),
    ],
    "governance:evidence:evidence_replace": [
        Line(HIDDEN, HIDDEN, but={"amoa": (200, 302)}, on="draft", act="replace_evidence"),
        Line((403, 403), HIDDEN, but={"amoa": (404, 404)}, on="ready_for_decision", act="replace_evidence"),
        Line((403, 403), HIDDEN, but={"amoa": (409, 409)}, on="decided", act="replace_evidence"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:dossier:proposal_submit": [
        Line((405, 404), (405, 404), but={"amoa": (405, 302)}, on="draft", act="submit"),
        Line((405, 403), (405, 404), but={"amoa": (405, 302)}, on="returned", act="submit"),
        Line((405, 403), (405, 404), but={"amoa": (405, 409)}, on="decided", act="submit"),
        Line((405, 404), (405, 404)),
    ],
    "governance:dossier:proposal_withdraw": [
        Line(HIDDEN, HIDDEN, but={"amoa": (200, 302)}, on="draft", act="withdraw"),
        Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, on="ready_for_decision", act="withdraw"),
        Line((403, 403), HIDDEN, but={"amoa": (409, 409)}, on="closed", act="withdraw"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:dossier:proposal_take_up": [
        Line((405, 403), (405, 404), but={"pmo": (405, 302)}, on="submitted", act="take_up"),
        Line((405, 403), (405, 404), but={"pmo": (405, 409)}, on="under_review", act="take_up"),
        Line((405, 404), (405, 404)),
    ],
    "governance:dossier:proposal_advise": [
        Line((403, 403), HIDDEN, but={"pmo": (302, 302)}, on="submitted", act="advise"),
        Line((403, 403), HIDDEN, but={"pmo": (302, 409)}, on="ready_for_decision", act="advise"),
        Line(HIDDEN, HIDDEN, but={"amoa": (403, 403)}, on="draft", act="advise"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:dossier:proposal_decide": [
        Line((403, 403), HIDDEN, but={"owner": (302, 302)}, on="ready_for_decision", act="decide"),
        Line((403, 403), HIDDEN, but=dict.fromkeys(("owner", "delegate"), (302, 302)), on="ready_minor", act="decide"),
        Line((403, 403), HIDDEN, but={"owner": (302, 302)}, on="ready_over_cap", act="decide"),
        Line((403, 403), HIDDEN, but={"owner": (302, 422)}, on="submitted", act="decide"),
        Line((403, 403), HIDDEN, but={"owner": (302, 302)}, on="under_review", act="decide_without_opinion"),
        Line(
            (403, 403),
            HIDDEN,
            but=dict.fromkeys(("owner", "delegate"), (302, 302)),
            on="late",
            act="decide_without_opinion",
        ),
        Line((403, 403), HIDDEN, but={"owner": (302, 302)}, on="ready_over_cap", act="merge"),
        Line((403, 403), HIDDEN, but={"owner": (302, 302)}, on="ready_replacing", act="replace"),
        Line((403, 403), HIDDEN, but={"owner": (302, 422)}, on="ready_binding", act="decide"),
        Line((403, 403), HIDDEN, but={"owner": (302, 409)}, on="decided", act="decide"),
        Line(HIDDEN, HIDDEN, but={"amoa": (403, 403)}, on="draft", act="decide"),
        Line(HIDDEN, HIDDEN, but={"other_owner": (302, 302)}, on="ready_two", act="decide"),
        Line(HIDDEN, HIDDEN, on="ready_three", act="decide"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:dossier:proposal_note_binding": [
        Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, on="ready_binding", act="note_binding"),
        Line((403, 403), HIDDEN, but={"pmo": (409, 409)}, on="submitted", act="note_binding"),
        Line(HIDDEN, HIDDEN, but={"amoa": (403, 403)}, on="draft", act="note_binding"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:dossier:condition_prove": [
        Line((403, 403), HIDDEN, but={"amoa": (200, 302)}, on="conditions_open", act="prove"),
        Line((403, 403), HIDDEN, but={"moe": (409, 409)}, on="closed", act="prove"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:verification:decision_proof": [
        page(on="conditions_open"),
        page(on="decided", but={"former_owner": (200, 405)}),
        Line((404, 405), (404, 405)),
    ],
    "governance:verification:decision_proof_archive": [
        page(on="conditions_open"),
        page(on="decided", but={"former_owner": (200, 405)}),
        Line((404, 405), (404, 405)),
    ],
    "governance:records:decision_record": [
        page(on="conditions_open"),
        page(on="decided", but={"former_owner": (200, 405)}),
        Line((404, 405), (404, 405)),
    ],
    "governance:records:decision_record_pdf": [
        page(on="conditions_open"),
        page(on="decided", but={"former_owner": (200, 405)}),
        Line((404, 405), (404, 405)),
    ],
    "governance:dossier:condition_lift": [
        Line((403, 403), HIDDEN, but={"owner": (200, 302)}, on="conditions_open", act="lift"),
        Line((403, 403), HIDDEN, but={"owner": (409, 409)}, on="closed", act="lift"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:dossier:condition_waive": [
        Line((403, 403), HIDDEN, but={"owner": (200, 302)}, on="conditions_open", act="waive"),
        Line((403, 403), HIDDEN, but={"owner": (409, 409)}, on="closed", act="waive"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:imports:import_new": [Line((403, 403), HIDDEN, but={"amoa": (200, 422)})],
    "amoa:imports:import_job": [Line((404, 405), (404, 405))],  # its author: tests/amoa/imports/test_pages.py
    "amoa:imports:import_columns": [Line(HIDDEN, HIDDEN)],
    "amoa:imports:import_values": [Line(HIDDEN, HIDDEN)],
    "amoa:imports:import_refused": [Line((404, 405), (404, 405))],
    "amoa:imports:import_start": [Line((405, 404), (405, 404))],
    "amoa:imports:import_stop": [Line((405, 404), (405, 404))],
    "amoa:imports:requirements_csv": [page()],
    "amoa:imports:requirements_xlsx": [page()],
    "amoa:imports:requirements_reqif": [page()],
    "projects:imports:list_import_new": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 422)), act="raise_risk")
    ],
    "projects:imports:organisation_import_new": [Line(HIDDEN, HIDDEN)],
    "projects:imports:organisation_template": [Line((404, 405), (404, 405))],
    "projects:imports:list_template": [Line((403, 405), (404, 405), but=dict.fromkeys(SEATED, (200, 405)))],
    "projects:imports:list_import": [Line((404, 405), (404, 405))],  # its author: tests/projects/imports
    "projects:imports:list_import_columns": [Line(HIDDEN, HIDDEN)],
    "projects:imports:list_import_values": [Line(HIDDEN, HIDDEN)],
    "projects:imports:list_import_refused": [Line((404, 405), (404, 405))],
    "projects:imports:list_import_write": [Line((405, 404), (405, 404))],
    "projects:imports:list_import_stop": [Line((405, 404), (405, 404))],
    "governance:launch:launch": [page()],
    "governance:responsibilities:roles_adapt": [Line((403, 405), (404, 405), but={"pmo": OK, "amoa": OK})],
    "governance:responsibilities:roles_adapt_step": [
        Line((403, 403), HIDDEN, but={"pmo": (200, 302), "amoa": (200, 302)}, act="adapt_roles")
    ],
    "projects:mandates:mandate_list": [page()],
    "projects:mandates:person_find": [
        Line(
            (403, 405),
            (403, 405),
            but=dict.fromkeys(("owner", "pmo", "amoa", "moe", "other_owner", "staff_admin", "superuser"), (200, 405)),
        )
    ],
    "projects:mandates:authority": [page()],
    "governance:permissions:permissions": [page()],
    "governance:permissions:permissions_json": [page()],
    "governance:permissions:permissions_mine": [page()],
    "projects:appointments:mandate_appoint": [owner_only("appoint")],
    "projects:mandates:mandate_name_owner": [owner_only("name_owner")],
    "projects:mandates:mandate_end": [owner_only("end_mandate"), Line(HIDDEN, HIDDEN)],
    "projects:mandates:mandate_accept": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="accept"),
        Line(HIDDEN, HIDDEN),
    ],
    "projects:mandates:mandate_decline": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="decline"),
        Line(HIDDEN, HIDDEN),
    ],
    "projects:mandates:mandate_competence": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="state_competence"),
        Line(HIDDEN, HIDDEN),
    ],
    "projects:mandates:delegation_new": [owner_only("delegate")],
    "projects:mandates:delegation_revoke": [owner_only("revoke"), Line(HIDDEN, HIDDEN)],
    "projects:opening:project_open": [administrators_only(200, 302, act="found_project")],
    "projects:opening:project_seats": [administrators_only(200, 405, others=(403, 405))],
    "projects:replacements:owner_propose": [Line(HIDDEN, HIDDEN)],
    "projects:replacements:closing_propose": [Line(HIDDEN, HIDDEN)],
    "projects:replacements:replacement": [Line((404, 405), (404, 405))],
    "projects:replacements:replacement_second": [Line(HIDDEN, HIDDEN)],
    "projects:replacements:replacement_take": [Line(HIDDEN, HIDDEN)],
    "projects:replacements:replacement_confirm": [Line(HIDDEN, HIDDEN)],
    "projects:replacements:replacement_withdraw": [Line(HIDDEN, HIDDEN)],
    "projects:replacements:replacement_object": [Line((200, 200), (200, 200), (200, 200))],
    "projects:administration_log:administration_log": [administrators_only(200, 405, others=(403, 405))],
    "projects:administrators:administrator_name": [administrators_only(404, 404, others=(404, 404))],
    "projects:administrators:administrator_end": [administrators_only(404, 404, others=(404, 404))],
    "projects:administrators:administrator_second": [administrators_only(404, 404, others=(404, 404))],
    "projects:administrators:administrator_keep": [administrators_only(404, 404, others=(404, 404))],
    "projects:administrators:administrator_mine": [Line((404, 405), (404, 405))],
    "projects:administrators:administrator_object": [Line((200, 200), (200, 200), (200, 200))],
    "projects:organisations:organisation_list": [administrators_only(200, 405, others=(403, 405))],
    "projects:organisations:organisation_add": [administrators_only(200, 422)],
    "projects:organisations:organisations_link": [administrators_only(200, 422)],
    "projects:organisations:organisation_rename": [administrators_only(404, 404, others=(404, 404))],
    "projects:organisations:link_end": [administrators_only(404, 404, others=(404, 404))],
    "projects:organisation_settings:settings_edit": [administrators_only(200, 422)],
    "projects:organisation_settings:settings_section": [administrators_only(200, 422)],
    "projects:organisation_settings:mail_test": [administrators_only(200, 302)],
    "projects:organisation_settings:logo": [Line((404, 405), (404, 405), (404, 405))],
    "projects:public_pages:help": [Line((200, 405), (200, 405), (200, 405))],
    "governance:verification:verify": [Line((200, 405), (200, 405), (200, 405))],
    "projects:public_pages:accessibility": [Line((200, 405), (200, 405), (200, 405))],
    "projects:public_pages:legal_notice": [Line((200, 405), (200, 405), (200, 405))],
    "projects:public_pages:privacy": [Line((200, 405), (200, 405), (200, 405))],
    "projects:people:person_list": [administrators_only(200, 405, others=(403, 405))],
    "projects:people:people_file": [administrators_only(200, 405, others=(403, 405))],
    "projects:people:person": [administrators_only(404, 405, others=(403, 405))],
    "projects:people:absence": [Line((200, 302), (200, 302), act="state_absence")],
    "projects:people:employer": [Line((200, 302), (200, 302), act="change_employer")],
    "projects:people:employer_of": [Line((404, 404), (404, 404))],
    "projects:people:absence_of": [Line((404, 404), (404, 404))],
    "projects:people:absence_take_back": [Line((405, 404), (405, 404))],
    "projects:people:departure_take_back": [administrators_only(405, 404, others=(405, 403))],
    "projects:people:person_invite": [administrators_only(200, 302, act="invite")],
    "projects:people:people_invite": [administrators_only(405, 302, others=(405, 403))],
    "projects:people:person_invite_again": [administrators_only(405, 404, others=(405, 403))],
    "projects:people:person_reset": [administrators_only(405, 404, others=(405, 403))],
    "projects:people:account_close": [administrators_only(404, 404, others=(404, 404))],
    "projects:people:account_reopen": [administrators_only(404, 404, others=(404, 404))],
    "projects:people:person_factors_end": [administrators_only(404, 404, others=(404, 404))],
    "governance:inbox:step_put_away": [administrators_only(405, 404, others=(405, 403))],
    "governance:inbox:steps_show": [administrators_only(405, 302, others=(405, 403))],
    # the name is the owner's: the others have to say that they are another person
    "projects:people:account": [Line((200, 422), (200, 422), but={"owner": (200, 302)}, act="edit_account")],
    "projects:people:account_password": [Line((200, 302), (200, 302), act="change_password")],
    "projects:second_factors:factor_needed": [Line((302, 405), (302, 405))],
    "projects:second_factors:passkey_add": [Line((200, 422), (200, 422))],
    "projects:second_factors:passkey_options": [Line((405, 200), (405, 200))],
    "projects:second_factors:code_app_add": [Line((200, 422), (200, 422))],
    "projects:second_factors:recovery_codes_make": [Line((200, 409), (200, 409))],
    "projects:second_factors:passkey_rename": [Line((404, 404), (404, 404))],
    "projects:second_factors:factor_remove": [Line((404, 404), (404, 404))],
    "projects:credentials:credential_confirm": [Line((200, 200), (200, 200), (200, 200))],
    "projects:credentials:credentials_mail": [Line((405, 302), (405, 302))],
    "projects:credentials:credentials_prove": [Line((405, 409), (405, 409))],
    "projects:addresses:address_ask": [Line((200, 422), (200, 422))],
    "projects:addresses:address_take_back": [Line((405, 409), (405, 409))],
    "projects:addresses:address_answer": [Line((200, 200), (200, 200), (200, 200))],
    "projects:addresses:address_propose": [administrators_only(404, 404, others=(404, 404))],
    "projects:vouching:vouch_ask": [Line((405, 409), (405, 409))],
    "projects:vouching:vouch": [Line((404, 404), (404, 404))],
    "projects:vouching:vouch_address": [Line((404, 404), (404, 404))],
    "projects:people:sign_out_everywhere": [Line((405, 302), (405, 302))],
    "projects:people:set_up": [Line((200, 200), (200, 200), (200, 200))],
    "projects:people:invitation": [Line((200, 200), (200, 200), (200, 200))],
    "projects:provisioning:token_list": [administrators_only(200, 422)],
    "projects:provisioning:token_end": [administrators_only(405, 404, others=(405, 403))],
    "projects:provisioning:scim": [Line((401, 401), (401, 401), (401, 401))],
    "projects:sign_in_provider:provider_sign_in": [Line((405, 404), (405, 404), (405, 404))],
    "projects:sign_in_provider:provider_callback": [Line((404, 405), (404, 405), (404, 405))],
    "projects:sign_in_provider:provider_finish": [Line((403, 403), (403, 403), (403, 403))],
    "projects:sign_in_provider:provider_invitation": [Line((405, 403), (405, 403), (405, 403))],
    "projects:sign_in_provider:provider_confirm": [Line((405, 404), (405, 404))],
    "projects:sign_in_provider:provider_link": [Line((405, 404), (405, 404))],
    "projects:sign_in_provider:provider_unlink": [Line((405, 409), (405, 409))],
    "projects:sign_in_provider:provider_edit": [administrators_only(200, 422)],
    "projects:sign_in_provider:provider_check": [administrators_only(405, 302, others=(405, 403))],
    "projects:role_templates:referential": [administrators_only(200, 405, others=(403, 405))],
    "projects:role_templates:referential_import": [administrators_only(200, 422)],
    "projects:role_templates:referential_export": [administrators_only(200, 405, others=(403, 405))],
    "projects:role_templates:referential_copy": [administrators_only(200, 422)],
    "projects:role_templates:referential_role_new": [administrators_only(200, 422)],
    "projects:role_templates:referential_template": [administrators_only(200, 409)],
    "projects:role_templates:referential_next": [administrators_only(405, 302, others=(405, 403))],
    "projects:role_templates:referential_differences": [administrators_only(200, 405, others=(403, 405))],
    "projects:role_templates:referential_publish": [administrators_only(409, 409)],
    "projects:role_templates:referential_retire": [administrators_only(200, 302)],
    "projects:role_templates:referential_duty_new": [administrators_only(409, 409)],
    "projects:role_templates:referential_duty_edit": [administrators_only(409, 409)],
    "projects:role_templates:referential_duty_move": [administrators_only(405, 409, others=(405, 403))],
    "projects:role_templates:referential_duty_remove": [administrators_only(405, 409, others=(405, 403))],
    "projects:interests:interests": [page()],
    "governance:responsibilities:responsibilities": [page()],
    "governance:responsibilities:responsibilities_csv": [page()],
    "governance:responsibilities:responsibilities_xlsx": [page()],
    "governance:responsibilities:responsibilities_pdf": [page()],
    "governance:responsibilities:responsibility_list": [page()],
    "governance:responsibilities:role_compare": [page()],
    "projects:interests:bidder_note": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("owner", "pmo", "amoa"), (200, 302)), act="note_bidder"),
    ],
    "projects:interests:interest_declare": [
        Line((200, 302), HIDDEN, but={"future_owner": (403, 403)}, act="declare_interest"),
    ],
    "projects:interests:interest_settle": [owner_only("settle_interest"), Line(HIDDEN, HIDDEN)],
    "amoa:recipients:recipient_list": [page()],
    "amoa:recipients:recipient": [page(act="edit_group"), Line((404, 405), (404, 405))],
    "amoa:recipients:recipients_grid": [Line((403, 403), HIDDEN, but={"amoa": (200, 302)})],
    "amoa:recipients:recipients_change": [Line((405, 403), (405, 404), but={"amoa": (405, 422)})],
    "amoa:recipients:recipients_undo": [Line((405, 403), (405, 404), but={"amoa": (405, 409)})],
    "amoa:recipients:recipient_new": [amoa_only("describe_group")],
    "amoa:recipients:recipient_edit": [amoa_only("edit_group"), Line(HIDDEN, HIDDEN)],
    "amoa:change_plan:change_plan": [page()],
    "amoa:change_plan:change_plan_version": [page()],
    "amoa:change_plan:change_plan_freeze": [amoa_only("freeze_plan")],
    "amoa:change_plan:change_impact_write": [amoa_only("write_impact")],
    "amoa:change_plan:change_communications": [page()],
    "amoa:change_plan:change_communication_new": [amoa_only("write_communication")],
    "amoa:change_plan:change_communication_edit": [amoa_only("edit_communication"), Line(HIDDEN, HIDDEN)],
    "amoa:change_plan:change_trainings": [page()],
    "amoa:change_plan:change_training_new": [amoa_only("write_training")],
    "amoa:change_plan:change_training_edit": [amoa_only("edit_training"), Line(HIDDEN, HIDDEN)],
    "amoa:change_plan:change_adoption": [page()],
    "amoa:change_plan:change_indicator_new": [amoa_only("write_indicator")],
    "amoa:change_plan:change_indicator_edit": [amoa_only("edit_indicator"), Line(HIDDEN, HIDDEN)],
    "amoa:change_plan:change_reading_add": [amoa_only("add_reading"), Line(HIDDEN, HIDDEN)],
    "amoa:change_plan:change_feedback": [page()],
    "amoa:change_plan:feedback_new": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 302)), act="give_feedback"),
    ],
    "amoa:change_plan:feedback_answer": [amoa_only("answer_feedback"), Line(HIDDEN, HIDDEN)],
    "amoa:change_plan:calendar": [page()],
    "amoa:change_plan:calendar_feed": [
        Line((404, 405), (404, 405), (404, 405)),
        Line((200, 405), (200, 405), (200, 405), act="sign_out"),  # the token names the reader of the feed
    ],
    "governance:obligations:obligation_list": [page()],
    "governance:obligations:obligation_fulfil": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="fulfil"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:obligations:obligation_catch_up": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="catch_up"),
    ],
    "governance:obligations:obligation_excuse_missed": [owner_only("excuse_missed")],
    "governance:obligations:obligation_evidence": [page(act="sign_out"), Line((404, 405), (404, 405))],
    "governance:obligations:obligation_check": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("amoa", "owner"), (200, 302)), act="check_evidence"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:obligations:obligation_excuse": [owner_only("excuse"), Line(HIDDEN, HIDDEN)],
    "governance:acknowledgements:decision_acknowledge": [
        Line((405, 403), (405, 404), but=dict.fromkeys(SEATED, (405, 302)), on="decided", act="acknowledge"),
        Line((405, 404), (405, 404)),
    ],
    "governance:disputes:decision_dispute": [
        Line(HIDDEN, HIDDEN, but={"owner": (200, 302)}, on="rejected"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:disputes:decision_dispute_link": [Line((200, 200), (200, 200), (200, 200))],
    "governance:decision_reviews:decision_review": [
        Line((403, 403), HIDDEN, but={"owner": (200, 302)}, on="closed", act="review_decision"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:second_look:second_look": [
        Line((403, 403), HIDDEN, but={"owner": (200, 302)}, on="baseline_one", act="look_back"),
        Line(HIDDEN, HIDDEN),
    ],
    "governance:second_look:second_looks": [page()],
    "governance:bodies:body_new": [Line((403, 403), HIDDEN, but={"pmo": (200, 422)})],
    "governance:bodies:body_edit": [Line(HIDDEN, HIDDEN)],
    "governance:sittings:session_list": [page()],
    "governance:sittings:session_new": [Line((403, 403), HIDDEN, but={"pmo": (200, 422)})],
    "governance:sittings:session": [Line((404, 405), (404, 405))],
    "governance:room:room": [Line((404, 405), (404, 405))],
    "governance:room:room_screen": [Line((404, 405), (404, 405))],
    "governance:packet:packet": [Line(HIDDEN, HIDDEN)],
    "governance:packet:packet_file": [Line((404, 405), (404, 405))],
    "governance:room:room_show": [Line((405, 404), (405, 404))],
    "governance:lists:decision_list": [Line((404, 405), (404, 405))],
    "governance:lists:decision_list_file": [Line((404, 405), (404, 405))],
    "governance:lists:decision_list_settle": [Line(HIDDEN, HIDDEN)],
    "governance:lists:decision_list_rectify": [Line(HIDDEN, HIDDEN)],
    **{
        f"governance:sittings:session_{act}": [Line(HIDDEN, HIDDEN)]
        for act in ("edit", "agenda", "convene", "add", "open", "close", "cancel", "item")
    },
    "projects:notices:notification_list": [Line(OK, OK)],
    "projects:ledger:act_check": [Line(OK, OK)],
    "amoa:acceptance:acceptance": [page()],
    "amoa:acceptance:acceptance_test": [page(act="edit_test"), Line((404, 405), (404, 405))],
    "amoa:acceptance:acceptance_test_new": [amoa_only("write_test")],
    "amoa:acceptance:acceptance_test_edit": [amoa_only("edit_test"), Line(HIDDEN, HIDDEN)],
    "amoa:acceptance:missing_tests": [amoa_only("write_missing_tests")],
    "amoa:acceptance:tests_copy": [Line((403, 403), HIDDEN, but={"amoa": (200, 422)})],
    "amoa:acceptance:test_sheet": [amoa_only("write_tests")],
    "amoa:acceptance:tests_change": [Line((405, 403), (405, 404), but={"amoa": (405, 422)})],
    "amoa:acceptance:tests_undo": [Line((405, 403), (405, 404), but={"amoa": (405, 409)})],
    "amoa:acceptance:deliverable_new": [amoa_only("write_deliverable")],
    "amoa:acceptance:deliverable_edit": [amoa_only("edit_deliverable"), Line(HIDDEN, HIDDEN)],
    "amoa:acceptance:campaign": [page(act="run_test"), Line((404, 405), (404, 405))],
    "amoa:acceptance:campaign_new": [amoa_only("open_campaign")],
    "amoa:acceptance:campaign_edit": [amoa_only("edit_campaign"), Line(HIDDEN, HIDDEN)],
    "amoa:acceptance:campaign_close": [amoa_only("close_campaign"), Line(HIDDEN, HIDDEN)],
    "amoa:acceptance:campaign_run": [
        Line((405, 403), (405, 404), but=dict.fromkeys(TESTING, (405, 302)), act="run_test"),
        Line((405, 404), (405, 404)),
    ],
    "amoa:acceptance:defect_list": [page()],
    "amoa:acceptance:defect": [page(act="correct_defect"), Line((404, 405), (404, 405))],
    "amoa:acceptance:defect_new": [
        Line((403, 403), HIDDEN, but=dict.fromkeys((*TESTING, "moe"), (200, 302)), act="report_defect"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:acceptance:defect_correct": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="correct_defect"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:acceptance:defect_close": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(TESTING, (200, 302)), act="close_defect"),
        Line(HIDDEN, HIDDEN),
    ],
    "amoa:acceptance:defect_reopen": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(TESTING, (409, 409)), act="reopen_defect"),
        Line(HIDDEN, HIDDEN),
    ],
    "pmo:standards:standard_list": [page()],
    "pmo:standards:standard": [page(act="next_version"), Line((404, 405), (404, 405))],
    "pmo:standards:standard_differences": [page(act="next_version"), Line((404, 405), (404, 405))],
    "pmo:standards:standard_template": [page(act="next_version"), Line((404, 405), (404, 405))],
    "pmo:standards:standard_new": [pmo_only("new_standard")],
    "pmo:standards:standards_copy": [Line((405, 403), (405, 404), but={"pmo": (405, 404)})],  # opened like no other
    "pmo:standards:standard_install": [Line((405, 403), (405, 404), but={"pmo": (405, 302)}, act="install_standards")],
    "pmo:standards:standard_next": [
        Line((405, 403), (405, 404), but={"pmo": (405, 302)}, act="next_version"),
        Line((405, 404), (405, 404)),
    ],
    "pmo:standards:standard_edit": [pmo_only("edit_standard"), Line(HIDDEN, HIDDEN)],
    "pmo:standards:library_entries": [page()],
    "pmo:standards:library_entry_new": [pmo_only("write_entry")],
    "pmo:standards:library_entry_edit": [pmo_only("edit_entry"), Line(HIDDEN, HIDDEN)],
    "pmo:standards:library_document": [page(act="edit_entry"), Line((404, 405), (404, 405))],
    "pmo:weather:weather": [page()],
    "pmo:weather:weather_publish": [pmo_only("publish_weather")],
    "pmo:weather:weather_round": [
        Line((404, 405), (404, 405), but={"pmo": (302, 405)}),
    ],
    "pmo:weather:weather_of_round": [pmo_only("publish_weather")],
    "pmo:indicators:steering_indicators": [page()],
    "pmo:indicators:steering_indicator_new": [pmo_only("follow_indicator")],
    "pmo:indicators:steering_indicator_edit": [pmo_only("edit_steering"), Line(HIDDEN, HIDDEN)],
    "pmo:indicators:steering_reading_add": [pmo_only("read_steering"), Line(HIDDEN, HIDDEN)],
    "pmo:indicators:steering_catalogue": [
        Line((405, 403), (405, 404), but={"pmo": (405, 302)}, act="add_catalogue"),
    ],
    "pmo:indicators:steering_compute": [  # nothing is computed before the catalogue is added
        Line((405, 403), (405, 404), but={"pmo": (405, 409)}, act="add_catalogue"),
    ],
    "pmo:indicators:steering_import": [Line((403, 403), HIDDEN, but={"pmo": (200, 422)})],
    "pmo:schedule:schedule": [page()],
    "pmo:schedule:milestones_grid": [Line((403, 403), HIDDEN, but={"pmo": (200, 302)})],
    "pmo:schedule:milestones_change": [Line((405, 403), (405, 404), but={"pmo": (405, 422)})],
    "pmo:schedule:milestones_undo": [Line((405, 403), (405, 404), but={"pmo": (405, 409)})],
    "pmo:schedule:milestone_new": [pmo_only("write_milestone")],
    "pmo:schedule:milestone_edit": [pmo_only("edit_milestone"), Line(HIDDEN, HIDDEN)],
    "pmo:schedule:milestone_forecast": [pmo_only("forecast"), Line(HIDDEN, HIDDEN)],
    "pmo:schedule:dependency_new": [Line((403, 403), HIDDEN, but={"pmo": (200, 422)})],
    "pmo:schedule:dependencies_confirm": [Line((403, 403), HIDDEN, but={"pmo": (200, 409)})],
    "pmo:schedule:dependency_edit": [
        Line(HIDDEN, HIDDEN)
    ],  # readers of both ends: tests/pmo/steering/indicators/test_steering_pages.py
    "pmo:budget:means": [page()],
    "pmo:budget:budget_lines_grid": [Line((403, 403), HIDDEN, but={"pmo": (200, 302)})],
    "pmo:budget:budget_lines_change": [Line((405, 403), (405, 404), but={"pmo": (405, 422)})],
    "pmo:budget:budget_lines_undo": [Line((405, 403), (405, 404), but={"pmo": (405, 409)})],
    "pmo:budget:budget_line_new": [pmo_only("write_budget_line")],
    "pmo:budget:budget_line_edit": [pmo_only("edit_budget_line"), Line(HIDDEN, HIDDEN)],
    "pmo:success_criteria:success": [page()],
    "pmo:success_criteria:benefits": [page()],
    "pmo:success_criteria:criterion_new": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 302)), act="propose_criterion"),
    ],
    "pmo:success_criteria:benefit_new": [amoa_only("propose_benefit")],
    "pmo:success_criteria:criterion_edit": [
        Line(HIDDEN, HIDDEN),
    ],  # approved and unapproved criteria: tests/pmo/steering/indicators/test_steering_pages.py
    "pmo:success_criteria:criterion_drop": [Line(HIDDEN, HIDDEN)],
    "pmo:success_criteria:criterion_measure": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 302)), act="measure_criterion"),
        Line(HIDDEN, HIDDEN),
    ],
    "pmo:success_criteria:criteria_freeze": [
        Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 302)), act="freeze_criteria"),
    ],
    "pmo:lessons:lesson_list": [Line(OK, OK)],
    "pmo:lessons:lessons": [page()],
    "pmo:lessons:lesson_new": [Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 302)), act="note_lesson")],
    "pmo:lessons:lesson_edit": [
        Line((403, 403), HIDDEN, but={"moe": (200, 302)}, act="reword_lesson"),
        Line(HIDDEN, HIDDEN),
    ],
    "pmo:risks:risk_list": [page()],
    "pmo:risks:risks_csv": [page()],
    "pmo:risks:risks_xlsx": [page()],
    "pmo:risks:risk_heat": [page()],
    "pmo:risks:risk_scale": [page()],
    "pmo:risks:risk_scale_set": [owner_only("set_risk_scale")],
    "pmo:risks:risk_new": [Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 302)), act="raise_risk")],
    "pmo:risks:risks_copy": [Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 422)))],
    "pmo:risks:risks_grid": [Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 302)))],
    "amoa:imports:requirements_paste": [Line((403, 403), HIDDEN, but={"amoa": (200, 422)})],
    "pmo:risks:risks_paste": [Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 422)))],
    "pmo:risks:risks_change": [Line((405, 403), (405, 404), but=dict.fromkeys(("pmo", "amoa"), (405, 422)))],
    "pmo:risks:risks_undo": [Line((405, 403), (405, 404), but=dict.fromkeys(("pmo", "amoa"), (405, 409)))],
    "pmo:risks:risks_edit": [Line((405, 403), (405, 404), but=dict.fromkeys(("pmo", "amoa"), (405, 422)))],
    "pmo:risks:risks_review": [Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, act="review_risks")],
    "pmo:risks:risk": [page(act="assess_risk"), Line((404, 405), (404, 405))],
    "pmo:risks:risk_edit": [
        # the act is about another risk, so the posted version is not one of this risk
        Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 409)), act="edit_risk"),
        Line(HIDDEN, HIDDEN),
    ],
    "pmo:risks:risk_assess": [keepers_only("assess_risk"), Line(HIDDEN, HIDDEN)],
    "pmo:risks:risk_settle": [keepers_only("settle_risk"), Line(HIDDEN, HIDDEN)],
    "pmo:risks:risk_review": [
        Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, act="review_risk"),
        Line(HIDDEN, HIDDEN),
    ],
    "pmo:risks:risk_materialise": [keepers_only("materialise_risk"), Line(HIDDEN, HIDDEN)],
    "pmo:escalations:escalation_list": [Line((404, 405), (404, 405))],  # of a level above
    "pmo:escalations:risk_escalate": [Line(HIDDEN, HIDDEN)],
    "pmo:escalations:escalation": [Line((404, 405), (404, 405))],
    "pmo:escalations:escalation_examine": [Line(HIDDEN, HIDDEN)],
    "pmo:escalations:escalation_answer": [Line(HIDDEN, HIDDEN)],
    "pmo:risks:risk_action_new": [keepers_only("treat_risk"), Line(HIDDEN, HIDDEN)],
    "pmo:risks:risk_action_edit": [keepers_only("edit_risk_action"), Line(HIDDEN, HIDDEN)],
    "pmo:risks:issue_list": [page()],
    "pmo:risks:issues_grid": [Line((403, 403), HIDDEN, but=dict.fromkeys(("pmo", "amoa"), (200, 302)))],
    "pmo:risks:issues_change": [Line((405, 403), (405, 404), but=dict.fromkeys(("pmo", "amoa"), (405, 422)))],
    "pmo:risks:issues_undo": [Line((405, 403), (405, 404), but=dict.fromkeys(("pmo", "amoa"), (405, 409)))],
    "pmo:risks:issue_new": [Line((403, 403), HIDDEN, but=dict.fromkeys(SEATED, (200, 302)), act="raise_issue")],
    "pmo:risks:issue": [page(act="settle_issue"), Line((404, 405), (404, 405))],
    "pmo:risks:issue_settle": [keepers_only("settle_issue"), Line(HIDDEN, HIDDEN)],
    "projects:saved_views:view_list": [Line((404, 405), (404, 405))],  # of no list
    "projects:saved_views:view_save": [Line((405, 302), (405, 302))],
    "projects:saved_views:view_rename": [Line((405, 404), (405, 404))],
    "projects:saved_views:view_delete": [Line((405, 404), (405, 404))],
    "projects:notices:notifications_read": [Line((405, 302), (405, 302))],
    "pmo:reminders:obligation_remind": [Line((405, 403), (405, 404), but=dict.fromkeys(ADDING, (405, 302)))],
    "pmo:dashboards:dashboard": [page()],
    **{f"pmo:dashboards:dashboard_{part}": [page()] for part in ("standards", "risks", "advice")},
    "pmo:gates:gates": [page()],
    "pmo:gates:gate_report": [page()],
    "pmo:gates:gate_report_add": [
        Line((405, 403), (405, 404), but=dict.fromkeys(("owner", "pmo", "amoa", "moe"), (405, 302)), act="add_report"),
    ],
    "pmo:dashboards:dashboard_list": [page()],
    "pmo:dashboards:obligation_list": [page()],
    "pmo:dashboards:workload": [page()],
    "pmo:reviews:review_list": [page()],
    "pmo:reviews:review_new": [
        Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, act="archive_review"),
    ],
    "pmo:reviews:review": [page(act="archive_review"), Line((404, 405), (404, 405))],
    "pmo:reviews:review_pdf": [page(act="archive_review"), Line((404, 405), (404, 405))],
    "pmo:conformity:conformity": [page()],
    "pmo:conformity:conformity_checkpoint": [page(act="check_conformity"), Line((404, 405), (404, 405))],
    "pmo:conformity:conformity_check": [
        Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, act="check_conformity"),
        Line((403, 403), HIDDEN, but={"pmo": (404, 404)}),
    ],
    "pmo:conformity:conformity_checks": [Line((405, 403), (405, 404), but={"pmo": (405, 422)})],
    "pmo:waivers:waiver_list": [page()],
    "pmo:waivers:waiver": [page(act="revoke_waiver"), Line((404, 405), (404, 405))],
    "pmo:waivers:waiver_revoke": [owner_only("revoke_waiver"), Line(HIDDEN, HIDDEN)],
    "pmo:waivers:waiver_close": [
        Line((403, 403), HIDDEN, but={"pmo": (200, 302)}, act="close_waiver"),
        Line(HIDDEN, HIDDEN),
    ],
}


def names(patterns: Any, space: str = "") -> Iterator[str]:
    """Yield the names of all addresses below `patterns`, except the admin site (tests/security/test_admin_site.py)."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from names(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def address(name: str, line: Line, proposal: Any) -> str:
    """Return the address of `name` for the proposal of the line."""
    about = proposal(line.on) if line.on else None
    answer = about.answer if about else None
    valid = bool(line.act)

    def pk_or_absent(find: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: find().pk if valid else ABSENT

    known: dict[str, Any] = {
        "code": "ONE",
        "proposal_id": about.pk if about else ABSENT,
        "number": 1,
        "decision_id": answer.pk if answer else ABSENT,
        "condition_id": lambda: next((condition.pk for condition in conditions_of(about)), ABSENT) if about else ABSENT,
        "document_id": lambda: document_of(about).pk if about else ABSENT,
        **{f"{row}_id": pk if valid else ABSENT for row, pk in seats_of_the_cast().items()},
        **published_role_of_the_cast(),
        "import_id": ABSENT,
        "list_name": "risks",
        "person_id": ABSENT,
        "credential_id": ABSENT,
        "replacement_id": ABSENT,
        "change_id": ABSENT,
        "token_id": ABSENT,
        "path": "Users",
        "organisation_id": ABSENT,
        "organisation_link_id": ABSENT,
        "move_id": ABSENT,
        "escalation_id": ABSENT,
        "carry_over_id": ABSENT,
        "body_id": ABSENT,
        "session_id": ABSENT,
        "dependency_id": ABSENT,
        "seq": 1,
        "view_id": ABSENT,
        "requirement_id": pk_or_absent(requirement),
        "item_id": pk_or_absent(requirement),
        "what": "requirement",
        "kind": "pdf" if name in ON_PAPER else "csv",
        "question_id": pk_or_absent(question),
        **dict.fromkeys(("checkpoint_id", "waiver_id"), ABSENT),
        **({f"{row}_id": pk for row, pk in of_the_cast().items()} if line.act in ON_STANDARDS else {}),
        "step": "drop",
        "status": "closed",
        **{part: lambda part=part: feed_of("recipient@example.org", valid=valid)[part] for part in FEED},
        "uidb36": "1",
        "name": "pending",
        "review_id": pk_or_absent(lambda: Review.objects.earliest("pk")),
        "key": "set-password",
        "sha256": "0" * 64,
        "event": "0" * 64,
        "role": "MOE" if name != "governance:obligations:obligation_check" else "DEST",
        "duty": "MOE-10" if name != "governance:obligations:obligation_check" else "DEST-05",
        "occasion": "G4" if valid else str(ABSENT),
        "section": "days",
    }
    wanted = {key: known[key] for key in parameters(name)}
    return reverse(name, kwargs={key: value() if callable(value) else value for key, value in wanted.items()})


@cache
def seats_of_the_cast() -> dict[str, int]:
    """Return the rows of the cast, which each test finds as the one before."""
    return rows()


@cache
def published_role_of_the_cast() -> dict[str, Any]:
    """Return the pack, the role and its responsibility, which each test finds as the one before."""
    return published_role()


def feed_of(email: str, *, valid: bool) -> dict[str, Any]:
    """Return the parts of the address of a calendar feed on project one."""
    person, project = User.objects.get(email=email), Project.objects.get(code="ONE")
    token = build_feed_token(person, project.pk) if valid else "0" * 64
    return {"person": person.key, "project_id": project.pk, "token": token}


def parameters(name: str) -> list[str]:
    """Return the parameters in the address of `name`."""
    *spaces, last = name.split(":")
    resolver: Any = get_resolver()
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    [[(_, wanted)], *_] = resolver.reverse_dict[last]
    return list(wanted)


@pytest.fixture(scope="module")
def signed_in(
    django_db_setup: None, django_db_blocker: Any, scenario: dict[str, Any]
) -> Iterator[Callable[[], dict[str, SimpleCookie]]]:
    """Sign the whole cast in once, with its standard in place; return a function that maps the cookies of each member.

    A sign-in proves its person for a quarter of an hour: on a slow machine the later tests sign in by themselves.
    """

    def sign_in() -> dict[str, SimpleCookie]:
        clients = {member: Client() for member in CAST}
        for entry in scenario["people"]:
            if entry["key"] in CAST:
                clients[entry["key"]].force_login(User.objects.get(email=entry["email"]))
        return {member: client.cookies for member, client in clients.items()}

    with django_db_blocker.unblock(), undone():
        of_the_cast()
        first, until = sign_in(), time.monotonic() + SIGN_IN_LASTS
        yield lambda: first if time.monotonic() < until else sign_in()


@pytest.fixture(scope="module")
def shown() -> dict[Any, bytes]:
    """Collect the pages of refusals by template, reader and the names of what it says."""
    return {}


@pytest.fixture
def _refusals_shown_once(shown: dict[Any, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Render each kind of refusal once for each reader, a third of the work: only its status is compared.

    What the pages say is read below, and in test_refusals.py.
    """

    def render(request: HttpRequest, template: str, context: Any = None, status: int = 200) -> HttpResponse:
        key = template, getattr(request, "user", None), *sorted(context or ())
        if key not in shown:
            shown[key] = shortcuts.render(request, template, context).content
        return HttpResponse(shown[key], status=status)

    monkeypatch.setattr("core.pages.refusals.views.render", render)


def test_every_address_has_a_line() -> None:
    assert set(names(get_resolver().url_patterns)) == set(LINES)


@pytest.mark.parametrize(
    ("name", "line", "place"),
    [
        pytest.param(name, line, place, id=f"{name}-{line.on or '-'}")
        for place, (name, line) in enumerate((name, line) for name, lines in LINES.items() for line in lines)
    ],
)
@pytest.mark.usefixtures("_refusals_shown_once")
def test_each_member_of_the_cast_gets_what_is_theirs(
    name: str, line: Line, place: int, signed_in: Callable[[], dict[str, SimpleCookie]], db: None, proposal: Any
) -> None:
    path = address(name, line, proposal)
    fields = act(line.act, proposal(line.on) if line.on else None)[1] if line.act else {}
    found, cookies, client = {}, signed_in(), ReadOnlyClient()
    for member in line.asked(place):
        client.cookies = deepcopy(cookies[member])
        if member in line.opening(place):
            found[member, "GET"] = client.get(path).status_code
        with undone():
            found[member, "POST"] = client.post(path, fields).status_code
    expected = {
        (member, method): status
        for member, pair in line.expected().items()
        for method, status in zip(HTTP, pair, strict=True)
    }
    assert found == {asked: expected[asked] for asked in found}


def test_over_all_addresses_everybody_asks_often() -> None:
    lines = [line for lines in LINES.values() for line in lines]
    asked = Counter(member for place, line in enumerate(lines) for member in line.asked(place))
    assert {member for member in CAST if asked[member] < len(lines) / 5} == set()


def text_of(response: Any) -> str:
    """Return the page without the parts that differ at every request: addresses, tokens and nonces."""
    return re.sub(r'((name="(csrfmiddlewaretoken|next)" value|nonce)=")[^"]*', r"\1", response.content.decode())


@pytest.mark.parametrize("key", ["draft", "ready_two"])
def test_a_missing_and_a_forbidden_page_look_the_same(key: str, owner: Any, proposal: Any, client_of: Any) -> None:
    client = client_of(owner)
    hidden = client.get(proposal(key).get_absolute_url())
    absent = client.get(f"/proposals/{ABSENT}/")
    assert hidden.status_code == absent.status_code == 404
    assert text_of(hidden) == text_of(absent)


def test_a_foreign_project_and_an_absent_one_look_the_same(owner: Any, client_of: Any) -> None:
    client = client_of(owner)
    assert text_of(client.get("/projects/TWO/")) == text_of(client.get("/projects/NONE/"))


def test_a_refusal_names_the_rule_who_may_and_who_holds_it(pmo: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act("decide", proposal("ready_minor"))
    response = client_of(pmo).post(path, fields, headers={"accept-language": "en"})
    text = response.content.decode()
    assert response.status_code == 403
    for part in ("R1", "Only the project owner", "a delegate for this kind and amount", "Camille Vasseur"):
        assert part in text
    assert "Tobias Renner" in text


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client: Any, proposal: Any) -> None:
    path = proposal("decided").get_absolute_url()
    response = client.get(path)
    assert response["Location"] == f"{reverse('account_login')}?next={path}"
    signed = client.post(response["Location"], {"login": "owner@example.org", "password": "ouvrage-cast", "next": path})
    assert signed["Location"] == path
