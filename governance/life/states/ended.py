"""What a project that has ended still takes: its reopening, reading, and what its closing itself named.

Workspaces announce theirs.

Each permission on a project, and each table whose rows hang on one, is closed by its end unless it is listed here with
its reason. tests/governance/life/states/test_ended.py tries them all.
"""

# ruff: noqa: S608 — the SQL is built from the names of our own tables and columns

from typing import Any

import pgtrigger
from django.apps import apps

from core import access
from core.acts import is_back_entry
from core.record.guards import refuse
from projects.ledger.row_seals import SEALED_APPS, project_sql
from projects.workspaces import find_project
from roles.enums import REOPENING

REOPENS = "the dossier of its reopening: governance.decide.kinds refuses every other decision"
OFFICE = "its owner is in office until it is reopened: named, replaced, and out of office"
CARRIES = "what its closing carried over is accepted elsewhere"
#: Permission → why it holds on a project that has ended.
PERMISSIONS_AFTER: dict[str, str] = {
    **dict.fromkeys(
        (
            "governance.propose",
            "governance.edit",
            "governance.submit",
            "governance.withdraw",
            "governance.take_up",
            "governance.advise",
            "governance.note_binding",
            "governance.decide",
            "governance.lift",
            "governance.waive",
            "governance.prove",
        ),
        REOPENS,
    ),
    **dict.fromkeys(
        (
            "projects.name_owner",
            "projects.accept",
            "projects.decline",
            "projects.end_mandate",
            "projects.revoke",
            "projects.find_person",
            "projects.propose_replacement",
            "projects.second_replacement",
            "projects.take_replacement",
            "projects.confirm_replacement",
            "projects.end_replacement",
            "projects.declare_interest",
            "projects.settle_interest",
        ),
        OFFICE,
    ),
    **dict.fromkeys(
        (
            "governance.accept_carry_over",
            "governance.decline_carry_over",
            "governance.finish_carry_over",
            "governance.refuse_carry_over",
        ),
        CARRIES,
    ),
    "governance.acknowledge": "its decisions are read",
    "governance.look_back": "a decision comes back to its owner when its months are over",
    "governance.archive": "it is put away",
    "governance.unarchive": "it is taken out of the archive",
    "governance.refuse_move": "a move that waits for an answer ends",
    "governance.take_back_move": "a move that waits for an answer ends",
    "governance.sign_decisions": "its reopening is signed as its owner requires",
}
#: Table → why a project that has ended takes its rows, and which ones: a condition in SQL on the row `r`, or all.
TABLES_AFTER: dict[str, tuple[str, str]] = {
    "projects_project": ("it has triggers of its own", ""),
    "projects_ledgerevent": ("the ledger records what is still done", ""),
    "projects_notification": ("people are notified of it", ""),
    "projects_mandate": (OFFICE, "TG_OP = 'UPDATE' OR r.authority = 'decides'"),
    "projects_competence": (
        "stated by an owner who is named",
        """EXISTS (SELECT FROM public.projects_mandate m WHERE m.id = r.mandate_id AND m.authority = 'decides')""",
    ),
    "projects_delegation": ("the delegated signature ends", "TG_OP = 'UPDATE'"),
    "projects_replacement": (OFFICE, ""),
    "projects_interest": (OFFICE, ""),
    "projects_listimport": ("a file that was being read is cleared", "TG_OP <> 'INSERT'"),
    "projects_wordmeaning": ("a file that was being read is cleared", "TG_OP <> 'INSERT'"),
    "governance_proposal": (REOPENS, f"TG_OP = 'UPDATE' OR r.kind = '{REOPENING}'"),
    **dict.fromkeys(
        ("governance_proposaldraft", "governance_proposalrevision"),
        (
            REOPENS,
            f"""EXISTS (SELECT FROM public.governance_proposal f
                        WHERE f.id = r.proposal_id AND (f.kind = '{REOPENING}' OR f.state = 'withdrawn'))""",
        ),
    ),
    **dict.fromkeys(
        (
            "governance_opinion",
            "governance_bindingopinion",
            "governance_decision",
            "governance_condition",
            "governance_effect",
        ),
        (REOPENS, ""),
    ),
    "governance_sealbreak": ("a change of what a decision was taken on is marked", ""),
    "governance_acknowledgement": ("its decisions are read", ""),
    "governance_secondlook": ("a decision comes back to its owner when its months are over", ""),
    "governance_independencemark": ("a fact entered later judges its opinions", "r.opinion_id IS NOT NULL"),
    "governance_dispute": ("a signatory says that it was not them", ""),
    "governance_erasure": ("personal data is erased", ""),
    "governance_recordfile": ("its records are written as they are read", ""),
    "governance_verification": ("it is verified", ""),
    "governance_carryover": (CARRIES, ""),
    "governance_move": ("a move that waits for an answer ends", "TG_OP = 'UPDATE'"),
}
TAKES_NOTHING = "A project that has ended takes nothing but its reopening, and what its closing named"


def _is_granted(_table: str, name: str, on: Any) -> bool:
    """Return whether a permission may hold on the object: its project has not ended, or takes it all the same."""
    project = None if name in PERMISSIONS_AFTER else find_project(on)
    return project is None or not project.is_over or is_back_entry()


class NothingAfterTheEnd(pgtrigger.Trigger):
    """Refuses a row of a project that had ended before this transaction; the project is derived from its keys.

    What is entered afterwards passes, and so does an erasure: only the role that owns the tables may do that.
    """

    when = pgtrigger.Before

    def get_func(self, model: Any) -> str:
        """Return the body of the trigger on the table of `model`."""
        joins, project = project_sql(model)
        _why, taken = TABLES_AFTER.get(model._meta.db_table, ("", "false"))
        return f"""
        IF TG_OP = 'DELETE' THEN written := OLD; ELSE written := NEW; END IF;
        SELECT {project} INTO node FROM (SELECT written.*) AS r{joins};
        IF EXISTS (SELECT FROM public.projects_project p WHERE p.id = node AND p.state IN ('closed', 'abandoned'))
           AND public.ouvrage_back_entry() IS NULL AND public.ouvrage_erasing() IS NULL
           AND NOT EXISTS (
             SELECT FROM public.governance_effect e
             WHERE e.subject = 'projects.project' AND e.subject_id = node AND e.field = 'state'
               AND e.after IN ('closed', 'abandoned') AND e.recorded_at >= transaction_timestamp())
           AND NOT EXISTS (SELECT FROM (SELECT written.*) AS r WHERE {taken}) THEN
          {refuse(TAKES_NOTHING)}
        END IF;
        RETURN written;
        """


def guarded_models() -> list[Any]:
    """List the models whose rows hang on a project and are refused, all or some, once it has ended."""
    ours = (model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in SEALED_APPS)
    return [
        model
        for model in ours
        if not hasattr(model, "instance_type")
        and project_sql(model)[1] != "NULL::bigint"
        and TABLES_AFTER.get(model._meta.db_table, ("", "false"))[1]
    ]


def guard_every_table() -> None:
    """Register the trigger on every table of a project. Call it once all models are loaded."""
    for model in guarded_models():
        table = model._meta.db_table
        trigger = NothingAfterTheEnd(
            name="a_closed_project_takes_nothing",
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("written", f"public.{table}"), ("node", "bigint")],
        )
        pgtrigger.register(trigger)(model)


access.CONDITIONS.append(_is_granted)
