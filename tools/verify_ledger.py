#!/usr/bin/env python3
"""Needs Python 3.11 or newer. Verify a ledger of Ouvrage away from Ouvrage, with this one file.

    python3 verify_ledger.py FILE [--anchor FILE…] [--receipt FILE…] [--key FILE…] [--authority FILE…] [--json]

FILE is a proof downloaded from a decision (the zip, or the JSON in it) or an export (`manage.py ledger_export`). An
anchor is a signed checkpoint kept outside the database, a receipt is what a mail or a record printed, a key is the
public key of the notary, in hexadecimal, obtained by another way than the file; an authority is the certificate (PEM)
of one whose time stamps you trust, without which they are not checked. The standard library is enough but for
signatures, which need the package `cryptography`.

Exit code: 0 intact, 1 altered, 2 truncated or rolled back, 3 cannot verify; of several the gravest: 1, 2, 3.
A point that the chain alone cannot show is listed as such and never counted as verified. docs/ledger.md says what
is promised. `manage.py ledger_verify` runs these very functions on the database; static/js/verify_proof.js, the page
"Verify a proof", is the same in the language of browsers.
"""

import sys

# Everything above and below parses on Python 3.6, so that an older one says this instead of a SyntaxError.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(f"verify_ledger.py needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.\n")
    sys.exit(3)

import argparse
import base64
import hashlib
import json
import re
import struct
import time
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

INTACT, ALTERED, TRUNCATED, UNVERIFIABLE = 0, 1, 2, 3
VERDICTS = {
    INTACT: "INTACT",
    ALTERED: "ALTERED",
    TRUNCATED: "TRUNCATED OR ROLLED BACK",
    UNVERIFIABLE: "CANNOT VERIFY",
}

#: Prefix of the hashed bytes, by the version that the bytes name.
DOMAINS = {"1": b"ouvrage.ledger.v1\x00", "2": b"ouvrage.ledger.v2\x00"}
CHECKPOINT_DOMAIN, HEAD_DOMAIN = b"ouvrage.checkpoint.v1\x00", b"ouvrage.head.v1\x00"
SEAL_DOMAIN, SIGNATURE_DOMAIN = b"ouvrage.seal.v1\x00", b"ouvrage.signature.v1\x00"
SECOND_SEAL_DOMAIN = b"ouvrage.seal.v2\x00"
START = "0" * 64
#: Tables whose rows are written after the event of their act, or by the night: the next event tells of them.
SEALED_LATER = frozenset(("pmo_snapshot", "projects_notification"))
ROWS = re.compile(r"([1-9]\d*)-(\d+):([0-9a-f]{64})")
FIRST_FIELDS = frozenset(
    "version project seq act actor role at proposal detail subject subject_id facts prev".split()  # noqa: SIM905
)
FIELDS = {"1": FIRST_FIELDS, "2": FIRST_FIELDS | {"entered"}}
CHECKPOINT_FIELDS = frozenset(("version", "number", "made_at", "key", "prev", "heads", "next_key"))
OPENING_FIELDS = frozenset(("project", "seq", "head", "salt"))
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", re.ASCII)
#: Each value has one written form: a number without leading zeros, an amount with two decimals.
NUMBER, AMOUNT = re.compile("[1-9][0-9]{0,14}"), re.compile(r"(0|[1-9][0-9]*)\.[0-9]{2}")
HEXADECIMAL = re.compile("([0-9a-f]{2})*")
#: No value of the ledger is nested deeper.
DEEPEST = 32
NUMBERS = ("seq", "proposal", "subject_id")
NUMBERS_IN_FACTS = ("mandate", "delegation", "document")
ON_SEATS = frozenset(("appoint", "name_owner", "end_mandate", "decline", "delegate", "revoke"))
#: Acts that a passkey signs: who signs, and the facts that are signed beside the content.
SIGNED_ACTS = {"decide": ("decider", ("revision", "mandate", "delegation")), "advise": ("adviser", ())}
#: Facts of an act that was signed with a passkey, and what of the content nobody signs.
SIGNED_FACTS = ("challenge", "public_key", "client_data", "authenticator_data", "signature")
#: The entry that gave a passkey to its person: its sequence in the chain of the organisation, and its hash.
KEY_ENTRY = re.compile("([1-9][0-9]{0,14}):([0-9a-f]{64})")
UNSIGNED = frozenset(("impossible", "factors", "since"))
ORIGIN = re.compile("https?://([a-z0-9-]+([.][a-z0-9-]+)*)(:[1-9][0-9]{0,4})?")
#: Signatures of passkeys that are known here: type of key, algorithm, curve (COSE).
ES256, EDDSA, RS256 = (2, -7, 1), (1, -8, 6), (3, -257, None)
#: Value of an erased salt: the seal can no longer be computed.
ERASED = "erased"

WORDS = {
    "found": "opening",
    "appoint": "appointment",
    "name_owner": "naming of the owner",
    "accept": "acceptance",
    "decline": "refusal of a mandate",
    "ask_replacement": "request to replace an owner",
    "propose_replacement": "proposal to replace an owner",
    "announce_replacement": "announcement of one hand alone",
    "second_replacement": "second hand that replaces an owner",
    "object_replacement": "objection of a former owner",
    "confirm_replacement": "confirmation despite an objection",
    "take_replacement": "replacement of an owner",
    "end_replacement": "withdrawal of a replacement",
    "end_mandate": "end of a mandate",
    "delegate": "delegation",
    "revoke": "end of a delegation",
    "draft": "draft",
    "edit": "working text",
    "submit": "submission",
    "take_up": "start of the review",
    "advise": "opinion",
    "note_binding": "binding opinion",
    "withdraw": "withdrawal",
    "decide": "decision",
    "supersede": "replacement",
    "prove": "proof of a condition",
    "lift": "lifting of a condition",
    "waive": "waived condition",
    "lapse": "lapse of a condition",
    "add_document": "document",
    "replace_document": "version of a document",
    "note_bidder": "bidder",
    "declare_interest": "declared interest",
    "settle_interest": "ruling on an interest",
    "break_seal": "change of what was sealed",
    "review_decision": "review of a decision",
    "come_back": "return of a decision to its owner",
    "look_back": "second look at a decision",
    "erase": "erasure",
    "seal_rows": "sealing of rows",
}
REVISION, OPINION = "governance.proposalrevision", "governance.opinion"
BINDING, DECISION, CONDITION = "governance.bindingopinion", "governance.decision", "governance.condition"
DOCUMENT, INTEREST, ESTIMATE = "projects.documentversion", "projects.interest", "amoa.estimate"
FILES = "projects_documentversion"
DISCHARGE, COMPETENCE = "governance.discharge", "projects.competence"
CHECK = "governance.evidencecheck"
REVIEW, RECORD = "governance.decisionreview", "governance.recordfile"
LOOK = "governance.secondlook"
#: Acts that seal a record of each kind, once.
SEALED_BY = {
    REVISION: frozenset(("submit",)),
    OPINION: frozenset(("advise",)),
    BINDING: frozenset(("note_binding",)),
    DECISION: frozenset(("decide",)),
    DOCUMENT: frozenset(("add_document", "replace_document")),
    ESTIMATE: frozenset(("estimate",)),
    DISCHARGE: frozenset(("fulfil", "excuse")),
    CHECK: frozenset(("check_evidence",)),
    REVIEW: frozenset(("review_decision",)),
    LOOK: frozenset(("look_back",)),
    COMPETENCE: frozenset(("state_competence",)),
    RECORD: frozenset(("store_record",)),
}
#: Acts on records that are settled later: the last of them seals the final record.
SETTLING = {
    CONDITION: frozenset(("prove", "lift", "waive", "lapse")),
    INTEREST: frozenset(("declare_interest", "settle_interest")),
}
#: Effects of a lapse by which a condition ends its decision.
ENDING = frozenset(("lapses", "undone"))
#: Version 1 named the seal of each kind of record differently, and had no salt.
FIRST_SEALS = {REVISION: "content", OPINION: "opinion", DECISION: "decision", CONDITION: "proof"}


#: Name of what is written without an event, on rows that projects share.
WITHOUT_EVENT = ""
#: What each act writes: "table +" where it adds rows, "-" where it takes some away, and the columns that it changes.
#: Every act on a table adds to its history. A test compares it with what the acts of all tests write.
WRITES: dict[str, str] = {
    "found": "projects_project +",
    "appoint": "projects_mandate +; projects_recipientgroup +",
    "name_owner": "projects_mandate +; projects_recipientgroup +",
    "accept": "projects_mandate accepted_at",
    "decline": "projects_mandate ended_because ended_by_id period taken_back",
    "state_competence": "projects_competence +",
    "ask_replacement": "projects_replacement +",
    "propose_replacement": "projects_replacement + ended_at outcome",
    "announce_replacement": "",
    "second_replacement": (
        "projects_replacement capacity seconded_at seconded_because seconded_by_id; roles_user last_day"
    ),
    "object_replacement": "projects_replacement objected_at",
    "confirm_replacement": ("projects_replacement reproposed_at reproposed_because reseconded_at reseconded_because"),
    "take_replacement": "projects_replacement ended_at outcome",
    "end_replacement": "projects_replacement ended_at outcome; roles_user last_day",
    "end_mandate": "projects_mandate ended_because ended_by_id period taken_back",
    "delegate": "projects_delegation +",
    "revoke": "projects_delegation period",
    "set_up": "projects_organisationsettings +; roles_organisation +; roles_user +",
    "invite": "roles_organisation +; roles_user +",
    "invite_holder": "roles_organisation +; roles_user +",
    "open_account": "roles_organisation +; roles_user +",
    "change_employer": "projects_employment +; roles_organisation +; roles_user organisation_id",
    "edit_account": (
        "projects_employment +; roles_organisation +; roles_user language name organisation_id time_zone title"
    ),
    "change_password": "roles_user",
    "send_reset": "",
    "give_credential": "projects_credential +",
    "confirm_credential": "projects_credential confirmed_at",
    "rename_credential": "projects_credential",
    "end_credential": "projects_credential ended_at",
    "prove_credential": "projects_credential proof proved_at",
    "ask_vouch": "projects_addresschange vouch_asked_at; projects_credential asked_at",
    "vouch": "projects_addresschange vouched_at; projects_credential vouched_at; projects_vouch +",
    "remind_vouch": "",
    "count_alone": "projects_addresschange alone_at; projects_credential alone_at",
    "change_hand": "",
    "ask_address": "projects_addresschange +",
    "propose_address": "projects_addresschange +",
    "confirm_address": "projects_addresschange new_confirmed_at old_confirmed_at",
    "change_address": "projects_addresschange ended_at outcome; roles_user email",
    "end_address": "projects_addresschange ended_at outcome",
    "plan_departure": "roles_user last_day",
    "state_absence": "roles_user absent_from absent_until stand_in_id",
    "close_account": "roles_user is_active last_day",
    "reopen_account": "roles_user is_active",
    "edit_settings": (
        "projects_logo +; projects_organisationsettings + answer_days cost_cloudy cost_stormy credential_hours "
        "delay_cloudy delay_stormy holidays host language legal_contact list_days logo_id name opinion_days "
        "own_holidays provider_checked provider_client_id provider_domain provider_issuer provider_kind provider_name "
        "provider_own_factor provider_secret publisher scope_cloudy scope_stormy second_factor second_factor_roles "
        "sender_address sender_name signed_decisions storm_alert storm_watch time_zone; roles_organisation + name"
    ),
    "publish_role": (
        "roles_activity +; roles_comparisondimension +; roles_methodpack +; roles_responsibility +; "
        "roles_roletemplate + state"
    ),
    "retire_role": "roles_roletemplate state",
    "install_pack": (
        "roles_activity + - domain kinds label_en label_fr position; roles_comparisondimension + - basis label_en "
        "label_fr left_en left_fr left_role position right_en right_fr right_role shared_en shared_fr; "
        "roles_methodpack + attribution name_en name_fr position; roles_responsibility + - activities also code "
        "days domains evidence_en evidence_fr family from_gate label_en label_fr months nature position receivers "
        "recurrence until_gate; "
        "roles_roletemplate + authority incompatible mandatory mission_en mission_fr name_en name_fr position "
        "represents_en represents_fr several state"
    ),
    "apply_roles": "projects_matrix +; projects_project matrix_id",
    "adapt_roles": "projects_matrix +; projects_project matrix_id",
    "provision_account": (
        "projects_employment +; roles_organisation +; roles_user external_id is_active language last_day name "
        "organisation_id title"
    ),
    "make_token": "projects_provisioningtoken +",
    "end_token": "projects_provisioningtoken ended_at",
    "name_administrator": "roles_user is_staff",
    "ask_rights_end": "projects_administratorending +",
    "object_rights_end": "projects_administratorending objected_at",
    "keep_rights": "projects_administratorending ended_at outcome",
    "end_administrator": "projects_administratorending + ended_at outcome seconded_by_id; roles_user is_staff",
    "keep_organisation": "roles_organisation + name",
    "link_organisations": "projects_organisationlink +; roles_organisation +",
    "end_link": "projects_organisationlink ends_on",
    "mark_independence": "governance_independencemark +",
    "note_bidder": "projects_bidder +; roles_organisation +",
    "declare_interest": "projects_interest +; roles_organisation +",
    "settle_interest": "projects_interest ruled_at ruled_because ruled_by_id ruling",
    "describe_group": (
        "projects_recipientgroup + accessibility attitude influence interest languages name place practice size"
    ),
    "write_requirements": (
        "amoa_requirement + category changed_at criteria criticality deliverable_id justification kind links lot "
        "parent_id priority recipients source state statement title verification version"
    ),
    "import_list": (
        "amoa_acceptancetest + criterion expected requirement_id retired steps title; governance_action + due_on "
        "holder_id role text; governance_earlierdecision + "
        "decided_on file hash kind left_out outcome reasons salt signatory title; pmo_budgetline + committed envelope "
        "forecast; pmo_budgetreading +; pmo_milestone + actual_on forecast_on gate name; pmo_milestoneforecast +; "
        "pmo_risk + acceptance_id category cause effect event impact likelihood opportunity owner_role proximity "
        "requirements residual_impact residual_likelihood response review_on scale_id status title; pmo_riskaction + "
        "done_on due_on role text; pmo_riskrating +; pmo_riskreview +; pmo_successcriterion + baseline baseline_on "
        "due_gate kind measure months_after state target target_on text unit; projects_recipientgroup + accessibility "
        "attitude influence interest languages place practice size"
    ),
    "import_requirements": (
        "amoa_requirement + category changed_at criteria criticality deliverable_id justification kind links lot "
        "parent_id priority recipients source state statement title verification version"
    ),
    "freeze_baseline": "amoa_baselineentry +; amoa_requirementbaseline +; amoa_requirementversion +",
    "implement": "amoa_requirement changed_at state",
    "ask": "amoa_question +",
    "answer": "amoa_question answer answered_at answered_by_id",
    "estimate": "amoa_estimate +",
    "plan_acceptance": (
        "amoa_acceptancecampaign + deliverable_id ends_on stage starts_on title unavailability; amoa_acceptancetest + "
        "criterion expected requirement_id retired steps title; amoa_deliverable + delivered_on due_on lot name"
    ),
    "run_test": "amoa_requirement changed_at state; amoa_testrun +",
    "report_defect": "amoa_defect +",
    "correct_defect": "amoa_defect corrected_at correction state",
    "close_defect": "amoa_defect closed_at corrected_at state",
    "close_campaign": "amoa_acceptancecampaign closed_at closed_by_id hash report",
    "plan_change": (
        "amoa_adoptionindicator + direction group_id name target unit; amoa_adoptionreading +; amoa_changeimpact + "
        "after aspect before group_id level measure; amoa_communicationaction + after channel days_after done_on "
        "due_on feedback group_id message objective reached sender state title; amoa_trainingsession + attended "
        "content expected format group_id held_on place state title"
    ),
    "freeze_plan": "amoa_changeplan +",
    "give_feedback": "amoa_feedbackitem +",
    "answer_feedback": "amoa_feedbackitem answer answered_at answered_by_id requirement_id risk",
    "acknowledge": "governance_acknowledgement +",
    "follow_indicators": (
        "pmo_indicator + amber aspect better computed formula frequency green name retired source unit; "
        "pmo_indicatorreading +"
    ),
    "publish_weather": "pmo_weatherreport +",
    "plan_schedule": (
        "pmo_dependency + milestone_id needed_on note provided_by_id provided_on state what; pmo_milestone + actual_on "
        "forecast_on gate name; pmo_milestoneforecast +"
    ),
    "confirm_dependencies": "pmo_dependency confirmed_on",
    "plan_means": "pmo_budgetline + committed envelope forecast label; pmo_budgetreading +",
    "propose_criterion": "pmo_successcriterion + due_gate kind measure months_after state target text unit",
    "propose_benefit": (
        "pmo_successcriterion + baseline baseline_on delivered_by_id due_gate kind measure months_after owner_id state "
        "target target_on text unit"
    ),
    "freeze_criteria": "pmo_successcriteriaset +",
    "measure_criterion": "pmo_criterionmeasure +",
    "note_lesson": "pmo_lessonlearned + context family lesson recommendation title",
    "raise_risk": "pmo_risk +; pmo_riskrating +",
    "edit_risk": "pmo_risk category cause effect event opportunity proximity requirements title",
    "assess_risk": (
        "pmo_risk acceptance_id impact likelihood owner_role residual_impact residual_likelihood response review_on "
        "scale_id status; pmo_riskrating +; pmo_riskreview +"
    ),
    "treat_risk": "pmo_riskaction + done_on due_on role text",
    "review_risks": "pmo_risk review_on reviewed_on; pmo_riskreview +",
    "materialise_risk": "pmo_issue +; pmo_risk status",
    "raise_issue": "pmo_issue +",
    "settle_issue": "pmo_issue due_on impact owner_role problem resolution size state title urgency",
    "escalate_risk": "pmo_escalation +",
    "examine_escalation": "pmo_escalation impact likelihood scale_id",
    "answer_escalation": "pmo_escalation answer answered_at answered_by_id own_id state",
    "set_risk_scale": "pmo_riskscale +",
    "check_conformity": "pmo_conformitycheck +",
    "revoke_waiver": "pmo_waiverend +",
    "close_waiver": "pmo_waiverend +",
    "draft": "governance_proposal +; governance_proposaldraft +",
    "edit": (
        "governance_proposal kind replaces_id writers; governance_proposaldraft alternatives amount attachments "
        "binding_authority context decide_by evidence impact_cost impact_quality impact_recipients impact_schedule "
        "impact_scope opinions_by options question recommendation recommended rests_on risks saved_at terms title "
        "version"
    ),
    "submit": (
        "governance_proposal awaited_roles current_id state state_since writers; governance_proposaldraft rests_on; "
        "governance_proposalrevision +"
    ),
    "take_up": "governance_proposal state state_since",
    "advise": "governance_opinion +; governance_proposal awaited_roles state state_since",
    "note_binding": "governance_bindingopinion +; governance_proposal awaited_roles state state_since",
    "withdraw": "governance_proposal awaited_roles state state_since withdrawn_because",
    "decide": (
        "amoa_baselineinforce + baseline_id; amoa_defect closed_at state; amoa_requirement in_force_id state; "
        "governance_condition + lifted_at lifted_by_id state waived_because; governance_decision +; governance_effect "
        "+; governance_proposal awaited_roles state state_since; governance_share +; pmo_milestone actual_on; "
        "pmo_risk acceptance_id response status; pmo_riskacceptance +; pmo_standardcheckpoint +; pmo_standardversion "
        "+ effective_from effective_to hash state; pmo_successcriterion state; pmo_waiver +; pmo_waiverend +; "
        "projects_project budget ends_on gate matrix_approved matrix_id provider_gate scope state workspaces"
    ),
    "dispute": "governance_dispute +",
    "store_record": "governance_recordfile +",
    "supersede": (
        "governance_condition lifted_at lifted_by_id state waived_because; governance_proposal awaited_roles state "
        "state_since"
    ),
    "prove": "governance_condition proof proved_at proved_by_id",
    "lift": (
        "amoa_baselineinforce + baseline_id; amoa_defect closed_at state; amoa_requirement in_force_id state; "
        "governance_condition lifted_at lifted_by_id proof state waived_because; governance_effect +; "
        "governance_proposal awaited_roles state state_since; governance_share +; pmo_milestone actual_on; pmo_risk "
        "acceptance_id response status; pmo_riskacceptance +; pmo_standardcheckpoint +; pmo_standardversion + "
        "effective_from effective_to hash state; pmo_successcriterion state; pmo_waiver +; pmo_waiverend +; "
        "projects_project budget ends_on gate matrix_approved matrix_id provider_gate scope state workspaces"
    ),
    "waive": (
        "amoa_baselineinforce + baseline_id; amoa_defect closed_at state; amoa_requirement in_force_id state; "
        "governance_condition lifted_at lifted_by_id state waived_because; governance_effect +; governance_proposal "
        "awaited_roles state state_since; governance_share +; pmo_milestone actual_on; pmo_risk acceptance_id "
        "response status; "
        "pmo_riskacceptance +; pmo_standardcheckpoint +; pmo_standardversion + effective_from effective_to hash state; "
        "pmo_successcriterion state; pmo_waiver +; pmo_waiverend +; projects_project budget ends_on gate "
        "matrix_approved matrix_id provider_gate scope state workspaces"
    ),
    "lapse": (
        "amoa_baselineinforce + baseline_id; amoa_defect closed_at state; amoa_requirement in_force_id state; "
        "governance_condition lifted_at lifted_by_id state waived_because; governance_effect +; governance_proposal "
        "awaited_roles state state_since; pmo_milestone actual_on; pmo_risk acceptance_id response status; "
        "pmo_riskacceptance +; pmo_standardcheckpoint +; pmo_standardversion + effective_from effective_to hash state; "
        "pmo_successcriterion state; pmo_waiver +; pmo_waiverend +; projects_project budget ends_on gate "
        "matrix_approved matrix_id provider_gate scope state workspaces"
    ),
    "fulfil": "governance_discharge +",
    "check_evidence": "governance_evidencecheck +",
    "excuse": "governance_discharge +",
    "remind": "pmo_reminder +",
    "add_document": "projects_document +; projects_documentversion +",
    "replace_document": "projects_documentversion +",
    "break_seal": "governance_sealbreak +",
    "review_decision": "governance_decisionreview +",
    "come_back": "",
    "look_back": "governance_secondlook +",
    "archive_review": "pmo_review +",
    "keep_standards": (
        "pmo_libraryentry + document_id family kind link retired text_en text_fr title_en title_fr; pmo_standard + "
        "family; pmo_standardcheckpoint + - computed text_en text_fr waivable; pmo_standardversion + from_gate levels "
        "mandatory purpose_en purpose_fr requires source template_id title_en title_fr"
    ),
    "erase": (
        "amoa_defect correction description; amoa_estimate note salt; amoa_feedbackitem answer text; amoa_question "
        "answer text; amoa_testrun note; governance_action outcome text; governance_bindingopinion reference salt "
        "signature; governance_carryover "
        "declined_because outcome refused_because refused_outcome text; governance_condition "
        "proof salt text waived_because; governance_decision reasons salt settled signature waived why_not; "
        "governance_decisionreview reasons salt; governance_discharge note salt; governance_earlierdecision file "
        "reasons salt signatory title; governance_effect after before; governance_erasure +; "
        "governance_evidencecheck reason salt; governance_move because; "
        "governance_opinion reasons salt signature; governance_proposal withdrawn_because; governance_proposaldraft "
        "attachments context evidence impact_cost impact_quality impact_recipients impact_schedule impact_scope "
        "options question recommendation risks title; governance_proposalrevision attachments context evidence "
        "impact_cost impact_quality impact_recipients impact_schedule impact_scope options question recommendation "
        "risks salt title; governance_recordfile content letters salt sha256; governance_secondlook reasons salt; "
        "governance_session arranged place; governance_sessionitem because note title; "
        "pmo_conformitycheck action finding; pmo_escalation answer because; pmo_issue problem resolution; "
        "pmo_risk cause effect event; "
        "pmo_riskaction text; pmo_riskreview note; "
        "pmo_waiverend because; projects_competence salt text; projects_delegation document; projects_document name; "
        "projects_documentversion content file_name salt why; projects_interest ruled_because salt tie; "
        "projects_mandate ended_because; projects_notification about; projects_replacement because "
        "reproposed_because reseconded_because seconded_because; projects_vouch words; roles_user absent_from "
        "absent_until email external_id is_active last_day name organisation_id stand_in_id title"
    ),
    "edit_facts": "projects_project language prefix title_en title_fr",
    "write_earlier": (
        "governance_earlierdecision + decided_on file hash kind left_out outcome reasons salt signatory title"
    ),
    "switch_workspaces": "projects_project workspaces",
    "sign_decisions": "projects_project signed_decisions",
    "change_place": "",
    "require_workspaces": "projects_project workspaces",
    "ask_move": "governance_move +",
    "accept_move": "governance_move ended_by_id joined_by_id left_by_id state; projects_project parent_id",
    "refuse_move": "governance_move because ended_by_id state",
    "take_back_move": "governance_move ended_by_id state",
    "carry_over": "governance_carryover +",
    "accept_carry_over": "governance_carryover answered_at answered_by_id finish_on state",
    "decline_carry_over": "governance_carryover answered_at answered_by_id declined_because state",
    "finish_carry_over": "governance_carryover done_at done_by_id outcome refuse_by state",
    "refuse_carry_over": "governance_carryover done_at done_by_id outcome refuse_by refused_at refused_because "
    "refused_by_id refused_outcome state",
    "give_action": "governance_action + due_on holder_id role text",
    "settle_action": "governance_action document_id outcome settled_at settled_by_id state",
    "write_body": "governance_body + ended_on guests kind list_days members name notice_days rhythm",
    "write_session": "governance_session + arranged begins day minutes place",
    "convene_session": "governance_session agenda_hash convened_at state; governance_sessionitem +",
    "add_session_item": "governance_sessionitem +",
    "open_session": "governance_session opened_at state",
    "note_session_item": "governance_sessionitem deferred_to note outcome presence",
    "close_session": "governance_session closed_at state",
    "cancel_session": "governance_session state",
    "settle_list": "governance_decisionlist +",
    "rectify_list": "governance_decisionlist +",
    "archive": "projects_project archived",
    "unarchive": "projects_project archived",
    "seal_rows": "",
    WITHOUT_EVENT: (
        "roles_organisation +; roles_responsibility + - activities also code days domains evidence_en evidence_fr "
        "family from_gate label_en label_fr months nature position receivers recurrence until_gate; "
        "roles_roletemplate + authority incompatible mandatory mission_en mission_fr name_en name_fr position "
        "represents_en represents_fr several state; roles_user + language single_keys theme"
    ),
}
#: Tables with a history: each change of a row is followed by its version, but for an erasure.
VERSIONED = frozenset(
    """
    amoa_acceptancecampaign amoa_acceptancetest amoa_adoptionindicator amoa_baselineinforce amoa_changeimpact
    amoa_communicationaction amoa_defect amoa_deliverable amoa_feedbackitem amoa_question amoa_requirement
    amoa_trainingsession governance_action governance_bindingopinion governance_body governance_condition
    governance_decision governance_earlierdecision governance_opinion governance_proposal governance_proposaldraft
    governance_proposalrevision governance_session governance_sessionitem pmo_budgetline pmo_dependency pmo_escalation
    pmo_indicator pmo_issue pmo_lessonlearned pmo_libraryentry pmo_milestone pmo_risk pmo_riskaction pmo_standard
    pmo_standardcheckpoint pmo_standardversion pmo_successcriterion projects_credential projects_delegation
    projects_interest projects_mandate projects_organisationlink projects_organisationsettings projects_project
    projects_provisioningtoken projects_recipientgroup roles_activity roles_comparisondimension roles_methodpack
    roles_organisation roles_responsibility roles_roletemplate roles_user
    """.split()  # noqa: SIM905
)
#: Column that numbers the rows of a table, unless it is `id`.
KEYS = {"governance_proposaldraft": "proposal_id"}
ACCOUNTS = "roles_user"
#: Tables that quote a title, which is erased with it.
QUOTED = frozenset(("projects_notification",))
#: The mark that an erasure leaves, and the SHA-256 of no bytes.
ERASURE = re.compile(r"\[erased \d{4}-\d\d-\d\d( #\d+)?\]\Z", re.ASCII)
NO_BYTES = hashlib.sha256(b"").hexdigest()
#: Place of a seal, as a row of a history tells it.
PLACE = re.compile("[1-9][0-9]{0,8}")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """Return RFC 8785 bytes of strings, booleans, None, lists and maps with ASCII keys: all that the ledger holds."""
    return _encode(value).encode()


def _refuse_figure(figure: str) -> Any:
    raise ValueError(f"a ledger holds no figure like {figure}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one map")
    return found


_DECODE = json.JSONDecoder(parse_float=_refuse_figure, parse_constant=_refuse_figure).decode
_DECODE_ONCE = json.JSONDecoder(
    parse_float=_refuse_figure, parse_constant=_refuse_figure, object_pairs_hook=_once
).decode


def parse(text: bytes, *, once: bool = False) -> Any:
    """Return the value of JSON text in UTF-8, without fractions, at most `DEEPEST` deep; with `once`, no name twice.

    Raises ValueError or RecursionError.
    """
    said = text.decode()
    value = (_DECODE_ONCE if once else _DECODE)(said)
    level = [value] if said.count("{") + said.count("[") > DEEPEST else []
    for _ in range(DEEPEST + 1):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return value
    raise ValueError(f"it is nested deeper than {DEEPEST} levels")


def figure(text: str) -> int:
    """Return a number written as the ledger writes it. Raises ValueError or TypeError."""
    if not NUMBER.fullmatch(text):
        raise ValueError("a number is not written as the ledger writes it")
    return int(text)


def unhex(text: str) -> bytes:
    """Return the bytes of lower-case hexadecimal digits. Raises ValueError or TypeError."""
    if not HEXADECIMAL.fullmatch(text):
        raise ValueError("it is not hexadecimal")
    return bytes.fromhex(text)


def as_text(value: Any) -> str:
    """Return a text. Raises TypeError when it is something else."""
    if not isinstance(value, str):
        raise TypeError("a value is not a text")
    return value


def has_texts(value: Any, *names: str) -> bool:
    """Return whether this is a map that has texts of these names."""
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in names)


def maps_in(value: Any, *names: str) -> list[dict[str, Any]]:
    """Return the maps of a list that have texts of these names; anything else is for the seal to show."""
    return [each for each in value if has_texts(each, *names)] if isinstance(value, list) else []


def lists_in(value: Any) -> list[list[str]]:
    """Return the lists of texts in a list; anything else is for the seal to show."""
    listed = value if isinstance(value, list) else []
    return [each for each in listed if isinstance(each, list) and all(isinstance(part, str) for part in each)]


def text_in(content: dict[str, Any], name: str) -> str:
    """Return a text of a content, or an empty one."""
    value = content.get(name)
    return value if isinstance(value, str) else ""


def seal(content: dict[str, Any]) -> str:
    """Return the hexadecimal SHA-256 of a content, its salt included."""
    return hashlib.sha256(canonical(content)).hexdigest()


def base64url(data: bytes) -> str:
    """Return bytes as a browser writes them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def shown(instant: str) -> str:
    """Return a time of the ledger in readable form."""
    return f"{instant[:10]} {instant[11:16]} UTC"


# Findings.


@dataclass(frozen=True)
class Place:
    """A place in the ledger: a description, the chain, and the event (0 for none)."""

    words: str = ""
    project: str = ""
    seq: int = 0


def place_of_event(project: str, seq: int, act: str, at: str) -> Place:
    """Return the place of an event, with its act and date when it has a readable one."""
    words = f"project {project}, event {seq}"
    if INSTANT.fullmatch(at):
        words += f", {WORDS.get(act, act)} recorded on {shown(at)}"
    return Place(words, project, seq)


@dataclass(frozen=True)
class Fault:
    """A finding that fails the verification; `kind` is its exit code."""

    kind: int
    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place.words}: {self.what}" if self.place.words else self.what


@dataclass
class Report:
    """All findings of a verification; `open_points` could not be verified and are no faults."""

    faults: list[Fault] = field(default_factory=list)
    open_points: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    chains: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    events: int = 0
    contents: int = 0
    seals: int = 0
    signatures: int = 0
    checkpoints: int = 0
    #: Records without text and where that was seen; records that an erasure event names.
    emptied: dict[tuple[str, str], Fault] = field(default_factory=dict)
    erasures: set[tuple[str, str]] = field(default_factory=set)

    def add(self, kind: int, place: Place | str, what: str) -> None:
        """Add one fault."""
        self.faults.append(Fault(kind, Place(place) if isinstance(place, str) else place, what))

    def merge(self, other: "Report") -> None:
        """Add the findings of another part of the verification."""
        self.faults += other.faults
        self.open_points += other.open_points
        self.notes += other.notes
        self.chains |= other.chains
        self.events += other.events
        self.contents += other.contents
        self.seals += other.seals
        self.signatures += other.signatures
        self.checkpoints += other.checkpoints
        self.emptied |= other.emptied
        self.erasures |= other.erasures

    def finish(self) -> None:
        """Judge what only the whole bundle shows."""
        if not self.events and not self.faults:
            self.add(UNVERIFIABLE, "", "there is no event to verify")
        self.faults += [fault for key, fault in self.emptied.items() if key not in self.erasures]

    @property
    def result(self) -> int:
        """Return the exit code: the gravest finding."""
        return next(
            (kind for kind in (ALTERED, TRUNCATED, UNVERIFIABLE) if any(f.kind == kind for f in self.faults)), INTACT
        )

    @property
    def first_bad(self) -> dict[str, Fault]:
        """Return the first faulty event of each chain."""
        found: dict[str, Fault] = {}
        for fault in self.faults:
            code = fault.place.project
            if code and (code not in found or 0 < fault.place.seq < (found[code].place.seq or fault.place.seq + 1)):
                found[code] = fault
        return found

    @property
    def erased(self) -> list[str]:
        """List the records whose text was erased according to an event."""
        return sorted(f"{subject} {number}" for subject, number in self.emptied.keys() & self.erasures)

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "result": self.result,
            "verdict": VERDICTS[self.result],
            "events": self.events,
            "contents": self.contents,
            "seals": self.seals,
            "signatures": self.signatures,
            "checkpoints": self.checkpoints,
            "chains": [
                {"project": code, "events": seq, "head": head}
                for _key, (code, seq, head) in sorted(self.chains.items())
            ],
            "first_bad": {code: str(fault) for code, fault in self.first_bad.items()},
            "faults": [{"kind": VERDICTS[f.kind], "where": f.place.words, "what": f.what} for f in self.faults],
            "not_verifiable": [{"what": what, "times": times} for what, times in sorted(self.open_points.items())],
            "erased": self.erased,
            "notes": self.notes,
        }

    def as_text(self) -> str:
        """Return the report for people."""
        lines = [
            f"{self.events} events of {len(self.chains)} projects, {self.contents} contents, "
            f"{self.seals} seals of rows, {self.signatures} signatures of passkeys, {self.checkpoints} checkpoints."
        ]
        for code, seq, head in self.chains.values():
            lines.append(f"  project {code}: {seq} events, head {head[:16]}…" if seq else f"  project {code}: no event")
        lines += [f"First bad entry: {fault}" for fault in self.first_bad.values()]
        lines += [f"  {VERDICTS[fault.kind].lower()}: {fault}" for fault in self.faults]
        lines += [
            f"  not verifiable from the chain: {what} ({times})" for what, times in sorted(self.open_points.items())
        ]
        lines += [f"  erased, as an event says: {record}" for record in self.erased]
        lines += [f"  note: {note}" for note in self.notes]
        verdict = VERDICTS[self.result]
        if self.result == INTACT and self.open_points:
            verdict += ", but for what is not verifiable from the chain"
        return "\n".join([*lines, verdict])


class Progress:
    """Progress bar on a terminal, shown after one second."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.began = self.said = time.monotonic()
        self.on = sys.stderr.isatty()

    def step(self, count: int = 1) -> None:
        """Count `count` more as done."""
        self.done += count
        if not self.on or self.done % 256 > count:
            return
        now = time.monotonic()
        if now - self.began > 1 and now - self.said > 0.2:
            self.said = now
            share = min(1.0, self.done / max(self.total, 1))
            sys.stderr.write(f"\r[{'#' * int(30 * share):<30}] {self.done}/{self.total} events")
            sys.stderr.flush()

    def end(self) -> None:
        """End the line."""
        if self.on and self.said > self.began:
            sys.stderr.write("\r" + " " * 60 + "\r")


# Hashes seen outside a chain: checkpoints, anchors, receipts.


class Seen:
    """Hashes that the chains must hold at given places: project → sequence → (hash, source)."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.places: dict[str, dict[int, tuple[str, str]]] = {}

    def note(self, project: str, seq: int, digest: str, source: str) -> None:
        """Record that `source` saw this hash at this place."""
        known, who = self.places.setdefault(project, {}).setdefault(seq, (digest, source))
        if known != digest:
            self.report.add(ALTERED, source, f"it disagrees with {who} on event {seq} of project {project}")

    def of(self, project: str) -> dict[int, tuple[str, str]]:
        """Return the hashes that the chain of a project must hold."""
        return self.places.get(project, {})

    def absent(self, present: Iterable[str], *, whole: bool) -> None:
        """Judge seen projects that are missing; only a `whole` bundle must hold them."""
        for project in sorted(self.places.keys() - set(present)):
            seq, (_, source) = max(self.places[project].items())
            if whole:
                self.report.add(TRUNCATED, f"project {project}", f"it is missing, but {source} knew its event {seq}")


@dataclass(frozen=True)
class Signed:
    """A stored checkpoint: canonical bytes, their hash, the signature, the public key (hexadecimal), and openings.

    An opening ({project, seq, head, salt}) tells what one of the salted heads in `body` is the hash of. A version 1
    has none: its body tells all heads.
    """

    body: bytes
    hash: str
    signature: str
    public_key: str
    openings: Sequence[dict[str, str]] = ()

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Signed":
        """Read an anchor or a checkpoint of a bundle. Raises ValueError, KeyError or TypeError."""
        body = base64.b64decode(as_text(told["body"]), validate=True)
        digest, signature, public_key = (as_text(told[name]) for name in ("hash", "signature", "public_key"))
        return cls(body, digest, signature, public_key, told.get("openings", ()))


def salted_head(opening: dict[str, str]) -> str:
    """Return the hash by which a checkpoint holds the head of a chain without telling whose it is."""
    return hashlib.sha256(HEAD_DOMAIN + canonical(opening)).hexdigest()


def key_id(public_key: str) -> str:
    """Return the SHA-256 of a public key, by which a checkpoint names it."""
    return hashlib.sha256(unhex(public_key)).hexdigest()


def signed_by(public_key: str, signature: str, message: bytes) -> bool:
    """Return whether this Ed25519 signature is valid. Raises ImportError without `cryptography`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(unhex(public_key)).verify(unhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_cbor(data: bytes, place: int) -> tuple[int | bytes, int]:
    """Return the whole number or the bytes at this place of CBOR, and the next place. Raises ValueError."""
    first = data[place] if place < len(data) else 255
    major, size = first >> 5, first & 31
    width = {24: 1, 25: 2}.get(size, 0)
    end = place + 1 + width
    if major > 2 or (size > 23 and not width) or end > len(data):
        raise ValueError("it is no key as a passkey has it")
    number = int.from_bytes(data[place + 1 : end], "big") if width else size
    if width and number < {1: 24, 2: 256}[width]:
        raise ValueError("it is no key as a passkey has it")
    if major != 2:
        return number if major == 0 else -1 - number, end
    if end + number > len(data):
        raise ValueError("it is no key as a passkey has it")
    return data[end : end + number], end + number


def read_cose(data: bytes) -> dict[int, int | bytes]:
    """Return the key of a passkey (COSE): a map from numbers to numbers and bytes. Raises ValueError."""
    found: dict[int, int | bytes] = {}
    place, count = 1, data[0] - 0xA0 if data else -1
    for _ in range(count if 0 <= count <= 23 else 0):
        name, place = _read_cbor(data, place)
        value, place = _read_cbor(data, place)
        if isinstance(name, bytes) or name in found:
            raise ValueError("it is no key as a passkey has it")
        found[name] = value
    if place != len(data) or len(found) != count:
        raise ValueError("it is no key as a passkey has it")
    return found


def read_der(signature: bytes) -> bytes:
    """Return the two numbers of an ECDSA signature, of 32 bytes each, from its only form. Raises ValueError."""
    numbers, place = b"", 2
    for _ in range(2):
        size = signature[place + 1] if place + 1 < len(signature) else 0
        value = signature[place + 2 : place + 2 + size]
        digits = value[1:] if size > 1 and value[:1] == b"\x00" and value[1:2] >= b"\x80" else value
        if signature[place : place + 1] != b"\x02" or not 0 < len(value) == size or len(digits) > 32:
            raise ValueError("it is no signature in its only form")
        if len(digits) == size and (value[0] >= 0x80 or (size > 1 and value[0] == 0)):
            raise ValueError("it is no signature in its only form")
        numbers, place = numbers + digits.rjust(32, b"\x00"), place + 2 + size
    if signature[:1] != b"\x30" or signature[1] != len(signature) - 2 or place != len(signature):
        raise ValueError("it is no signature in its only form")
    return numbers


def is_signed_by_passkey(key: dict[int, int | bytes], signature: bytes, message: bytes) -> bool | None:
    """Return whether a passkey made this signature; None in a way that is not known here.

    Raises ImportError without `cryptography`.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    way = key.get(1), key.get(3), None if key.get(1) == 3 else key.get(-1)
    if way not in (ES256, EDDSA, RS256):
        return None
    try:
        if way == ES256:
            point = b"\x04" + _bytes_of(key, -2, 32) + _bytes_of(key, -3, 32)
            pair = read_der(signature)
            der = utils.encode_dss_signature(int.from_bytes(pair[:32], "big"), int.from_bytes(pair[32:], "big"))
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(der, message, ec.ECDSA(SHA256()))
        elif way == EDDSA:
            Ed25519PublicKey.from_public_bytes(_bytes_of(key, -2, 32)).verify(signature, message)
        else:
            modulus = _bytes_of(key, -1, 256, 384, 512)
            if key.get(-2) != b"\x01\x00\x01" or modulus[0] < 0x80 or not modulus[-1] & 1:
                return False
            numbers = rsa.RSAPublicNumbers(65537, int.from_bytes(modulus, "big"))
            numbers.public_key().verify(signature, message, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes_of(key: dict[int, int | bytes], name: int, *lengths: int) -> bytes:
    """Return bytes of one of these lengths in a key. Raises ValueError."""
    value = key.get(name)
    if not isinstance(value, bytes) or len(value) not in lengths:
        raise ValueError("a part of the key is missing")
    return value


def _as_list(value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise TypeError("a value is not a list")
    return value


class Checkpoints:
    """Checkpoints in order: each follows the one before, and is signed by the announced key.

    Without `whole` some may be left out, but none that announces a key.
    """

    def __init__(self, report: Report, seen: Seen, trusted: set[str], *, whole: bool) -> None:
        self.report, self.seen, self.trusted, self.whole = report, seen, trusted, whole
        self.last: dict[str, Any] | None = None
        self.last_hash, self.last_key = START, ""
        self.vouched = False
        self.hashes: dict[int, str] = {}
        #: Hash and time of each checkpoint, by its number as it is written.
        self.found: dict[str, tuple[str, str]] = {}

    def add(self, signed: Signed, *, name: str = "checkpoint") -> None:
        """Judge the next checkpoint, and record the hashes it saw."""
        content = self._read(signed, name, all_opened=self.whole)
        if content is None:
            return
        where = f"{name} {content['number']}"
        self.report.checkpoints += 1
        self._check_order(signed, content, where)
        self.vouched |= signed.public_key in self.trusted
        self.last, self.last_hash, self.last_key = content, signed.hash, signed.public_key
        self.hashes[int(content["number"])] = signed.hash
        self.found[content["number"]] = signed.hash, content["made_at"]

    def anchor(self, signed: Signed) -> None:
        """Judge an anchor: the hashes it saw and the checkpoint itself must be there."""
        content = self._read(signed, "anchor, checkpoint", all_opened=True)
        if content is None:
            return
        number = int(content["number"])
        end = max(self.hashes, default=0)
        if self.whole and number > end:
            self.report.add(TRUNCATED, f"anchor, checkpoint {number}", f"the checkpoints here end at {end}")
        elif self.hashes.get(number, signed.hash) != signed.hash:
            self.report.add(ALTERED, f"anchor, checkpoint {number}", "the checkpoint kept here is another one")

    def finish(self) -> None:
        """Report whose keys made the signatures."""
        if self.last is None:
            if self.trusted:
                self.report.add(UNVERIFIABLE, "", "a key was given, but there is no checkpoint to use it on")
        elif self.trusted and not self.vouched:
            self.report.add(ALTERED, "checkpoints", "none of them is signed by the key that was given")
        elif not self.trusted:
            self.report.notes.append(
                f"the checkpoints are signed by key {key_id(self.last_key)}, which came with them: compare it with "
                "the one the notary published, or give that one (--key) or a checkpoint kept elsewhere (--anchor)"
            )

    def _read(self, signed: Signed, name: str, *, all_opened: bool) -> dict[str, Any] | None:
        """Return the content of a checkpoint, after judging its bytes, hash and signature, and note what it opens."""
        message = CHECKPOINT_DOMAIN + signed.body
        try:
            content: dict[str, Any] = parse(signed.body)
            where = f"{name} {figure(content['number'])}"
            if as_text(content["version"]) not in {"1", "2"}:
                self.report.add(UNVERIFIABLE, where, f"version {content['version']} is not known here")
                return None
            for name_of in CHECKPOINT_FIELDS - {"heads"}:
                as_text(content[name_of])
            opened = content["heads"] if content["version"] == "1" else signed.openings
            heads = [(as_text(h["project"]), figure(h["seq"]), as_text(h["head"])) for h in _as_list(opened)]
            whole = content.keys() == CHECKPOINT_FIELDS and canonical(content) == signed.body
            if content["version"] == "1":
                whole &= not signed.openings
            else:
                salted = [as_text(head) for head in _as_list(content["heads"])]
                self._check_openings(signed.openings, salted, where, all_opened=all_opened)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.report.add(ALTERED, name, "its bytes are not those of a checkpoint")
            return None
        if not whole or hashlib.sha256(message).hexdigest() != signed.hash:
            self.report.add(ALTERED, where, "its bytes do not match its hash")
        if not re.fullmatch("[0-9a-f]{64}", signed.public_key):
            self.report.add(UNVERIFIABLE, where, "the public key is missing")
        elif key_id(signed.public_key) != content["key"]:
            self.report.add(ALTERED, where, "it names another key than the one it is signed with")
        else:
            try:
                if not signed_by(signed.public_key, signed.signature, message):
                    self.report.add(ALTERED, where, "its signature is false")
            except ImportError:
                self.report.add(UNVERIFIABLE, where, "signatures need the Python package cryptography")
        for project, seq, head in heads:
            self.seen.note(project, seq, head, where)
        return content

    def _check_openings(
        self, openings: Sequence[dict[str, str]], heads: list[str], where: str, *, all_opened: bool
    ) -> None:
        """Judge that each opening is of one of the salted heads; with `all_opened`, that each head is opened."""
        hashes = [salted_head(opening) for opening in openings]
        if not set(hashes) <= set(heads) or any(opening.keys() != OPENING_FIELDS for opening in openings):
            self.report.add(ALTERED, where, "it opens a head that it does not hold")
        elif all_opened and sorted(hashes) != heads:
            self.report.add(ALTERED, where, "it does not open every head that it holds")

    def _check_order(self, signed: Signed, content: dict[str, Any], where: str) -> None:
        if self.last is None:
            if (self.whole or content["number"] == "1") and (content["number"], content["prev"]) != ("1", START):
                self.report.add(ALTERED, where, "it is not the first one, which follows none")
            return
        gap = int(content["number"]) - int(self.last["number"])
        if gap < 1 or (self.whole and gap > 1):
            self.report.add(ALTERED, where, f"it does not follow checkpoint {self.last['number']}: some are missing")
        elif gap == 1 and content["prev"] != self.last_hash:
            self.report.add(ALTERED, where, "it does not carry the hash of the one before it")
        if signed.public_key != (self.last["next_key"] or self.last_key):
            self.report.add(ALTERED, where, "it is signed by a key that was not announced")


# Time stamps (RFC 3161): tokens of an authority on the hashes of checkpoints.

SEQUENCE, SET, INTEGER, OCTETS, OID, MOMENT = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18
#: Object identifiers, as DER writes them.
SIGNED_DATA, TST_INFO = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
CONTENT_TYPE, MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = (
    bytes.fromhex("2a864886f70d010910020c"),
    bytes.fromhex("2a864886f70d010910022f"),
)
DIGESTS = {bytes.fromhex(f"60864801650304020{number}"): f"sha{bits}" for number, bits in ((1, 256), (2, 384), (3, 512))}
#: Algorithms of signatures: the kind of key, and the digest that they name.
SIGNATURES = {
    bytes.fromhex("2a864886f70d010101"): ("RSA", ""),
    bytes.fromhex("2a864886f70d01010b"): ("RSA", "sha256"),
    bytes.fromhex("2a864886f70d01010c"): ("RSA", "sha384"),
    bytes.fromhex("2a864886f70d01010d"): ("RSA", "sha512"),
    bytes.fromhex("2a8648ce3d040302"): ("EC", "sha256"),
    bytes.fromhex("2a8648ce3d040303"): ("EC", "sha384"),
    bytes.fromhex("2a8648ce3d040304"): ("EC", "sha512"),
    bytes.fromhex("2b6570"): ("Ed25519", ""),
}
STAMPED = re.compile(r"(\d{14})(?:\.(\d*[1-9]))?Z", re.ASCII)
#: The clocks of the authority and of the database differ by less.
CLOCKS_DIFFER = timedelta(minutes=5)


class Unverifiable(Exception):
    """A time stamp that cannot be verified; the message says why, and nothing shows that it was altered."""


@dataclass(frozen=True)
class Der:
    """An element of DER: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self, *tags: int) -> "list[Der]":
        """Return the elements in it, the first of which have these tags. Raises ValueError."""
        found = read_elements(self.content)
        if tuple(each.tag for each in found[: len(tags)]) != tags:
            raise ValueError("it holds other elements")
        return found

    def only(self, *tags: int) -> "list[Der]":
        """Return the elements in it, which have these tags and are all. Raises ValueError."""
        found = self.parts(*tags)
        if len(found) != len(tags):
            raise ValueError("it holds more elements")
        return found


def read_elements(data: bytes) -> list[Der]:
    """Return the elements that DER bytes hold, one after the other. Raises ValueError."""
    found: list[Der] = []
    place = 0
    while place < len(data):
        head = data[place : place + 2]
        if len(head) < 2 or head[0] & 0x1F == 0x1F:
            raise ValueError("it is not DER")
        begin, size = place + 2, head[1]
        if size & 0x80:
            longer = data[begin : begin + (size & 0x7F)]
            begin, size = begin + len(longer), int.from_bytes(longer, "big")
            if not 1 <= len(longer) <= 4 or size < 0x80 or not longer[0]:
                raise ValueError("it is not DER")
        if begin + size > len(data):
            raise ValueError("it ends too early")
        found.append(Der(head[0], data[begin : begin + size], data[place : begin + size]))
        place = begin + size
    return found


def _algorithm(element: Der) -> bytes:
    """Return the identifier of an algorithm. Raises Unverifiable when it has parameters."""
    found = element.parts(OID)
    if element.tag != SEQUENCE or len(found) > 2 or any(each.whole != b"\x05\x00" for each in found[1:]):
        raise Unverifiable("its algorithms are not known here")
    return found[0].content


@dataclass(frozen=True)
class Token:
    """The parts of a time-stamp token; only `verify_token` judges them."""

    #: Digest that it stamps, in hexadecimal, and its time.
    imprint: str
    at: datetime
    #: The stamped statement as it was signed, and the certificates that came with it.
    info: bytes
    certificates: list[bytes]
    #: Of the signature: serial number and issuer of its certificate, digest, what is signed, algorithm, bytes.
    issuer: tuple[bytes, int]
    digest: bytes
    attributes: Der
    algorithm: bytes
    signature: bytes


def read_token(token: bytes) -> Token:
    """Return the parts of a token, its bytes in DER. Raises ValueError or Unverifiable."""
    [info] = read_elements(token)
    kind, held = info.only(OID, 0xA0)
    if info.tag != SEQUENCE or kind.content != SIGNED_DATA:
        raise ValueError("it is no signed data")
    [signed] = held.only(SEQUENCE)
    version, digests, content, *more = signed.parts(INTEGER, SET, SEQUENCE)
    kind, wrapped = content.only(OID, 0xA0)
    if version.content != b"\x03" or kind.content != TST_INFO:
        raise ValueError("it is no time stamp")
    if [each.tag for each in more] not in ([SET], [0xA0, SET], [0xA1, SET], [0xA0, 0xA1, SET]):
        raise ValueError("it is not signed")
    bag = more[0].parts() if more[0].tag == 0xA0 else []
    certificates = [each.whole for each in bag if each.tag == SEQUENCE]
    [signer] = more[-1].only(SEQUENCE)
    version, by, digest, attributes, algorithm, signature, *_unsigned = signer.parts(
        INTEGER, SEQUENCE, SEQUENCE, 0xA0, SEQUENCE, OCTETS
    )
    issuer, serial = by.only(SEQUENCE, INTEGER)
    if version.content != b"\x01" or [_algorithm(each) for each in digests.parts()] != [_algorithm(digest)]:
        raise ValueError("its signature is not as it should be")
    [statement] = wrapped.only(OCTETS)
    imprint, at = _read_statement(statement.content)
    return Token(
        imprint=imprint,
        at=at,
        info=statement.content,
        certificates=certificates,
        issuer=(issuer.whole, int.from_bytes(serial.content, "big", signed=True)),
        digest=_algorithm(digest),
        attributes=attributes,
        algorithm=_algorithm(algorithm),
        signature=signature.content,
    )


def _read_statement(statement: bytes) -> tuple[str, datetime]:
    """Return the digest that a token stamps, which is SHA-256, and the time that it says."""
    [info] = read_elements(statement)
    version, _policy, imprint, _serial, moment, *_more = info.parts(INTEGER, OID, SEQUENCE, INTEGER, MOMENT)
    algorithm, digest = imprint.only(SEQUENCE, OCTETS)
    if info.tag != SEQUENCE or version.content != b"\x01" or DIGESTS.get(_algorithm(algorithm)) != "sha256":
        raise ValueError("its statement is not as it should be")
    found = STAMPED.fullmatch(moment.content.decode("ascii"))
    if not found:
        raise ValueError("its time is not as it should be")
    at = datetime.strptime(f"{found[1]}+0000", "%Y%m%d%H%M%S%z")
    return digest.content.hex(), at.replace(microsecond=int(f"{found[2] or 0:0<6}"[:6]))


def _check_attributes(token: Token, certificate: bytes) -> None:
    """Raise ValueError unless what is signed names the statement and the certificate of the token."""
    values: dict[bytes, Der] = {}
    for attribute in token.attributes.parts():
        kind, value = attribute.only(OID, SET)
        if kind.content in values:
            raise ValueError("an attribute stands twice")
        [values[kind.content]] = value.parts()
    if values[CONTENT_TYPE].content != TST_INFO:
        raise ValueError("it signs something else")
    if values[MESSAGE_DIGEST].content != hashlib.new(DIGESTS[token.digest], token.info).digest():
        raise ValueError("its statement is not the signed one")
    if SIGNING_CERTIFICATE_V2 in values:
        first = values[SIGNING_CERTIFICATE_V2].parts(SEQUENCE)[0].parts(SEQUENCE)[0].parts()
        name = DIGESTS[_algorithm(first.pop(0))] if first[0].tag == SEQUENCE else "sha256"
    else:
        first, name = values[SIGNING_CERTIFICATE].parts(SEQUENCE)[0].parts(SEQUENCE)[0].parts(), "sha1"
    if (first[0].tag, first[0].content) != (OCTETS, hashlib.new(name, certificate).digest()):
        raise ValueError("it names another certificate")


def verify_token(token: bytes, imprint: str, trusted: "Sequence[Certificate]") -> tuple[datetime, str]:
    """Return time and authority of a token that stamps this digest and whose certificate leads to a `trusted` one.

    Raises Unverifiable, ValueError where the token is altered, and ImportError without a `cryptography` that does it.
    """
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.verification import ExtensionPolicy  # noqa: F401  (absent from older versions)

    malformed = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
    try:
        read = read_token(token)
        if read.imprint != imprint:
            raise ValueError("it stamps something else")
        if read.digest not in DIGESTS or read.algorithm not in SIGNATURES:
            raise Unverifiable("its algorithms are not known here")
        certificates = [x509.load_der_x509_certificate(each) for each in read.certificates]
        leaf = find_signer(read, [*certificates, *trusted])
        if leaf is None:
            raise Unverifiable("the certificate of its authority is missing")
        _check_attributes(read, leaf.public_bytes(Encoding.DER))
        _check_signature(read, leaf)
        _check_authority(leaf, certificates, trusted, read.at)
    except InvalidSignature as error:
        raise ValueError("its signature is false") from error
    except (KeyError, IndexError, TypeError, UnsupportedAlgorithm, *malformed) as error:
        raise ValueError("it cannot be read") from error
    return read.at, name_of(leaf)


def find_signer(token: Token, certificates: "Iterable[Certificate]") -> "Certificate | None":
    """Return the certificate by which a token says that it is signed."""
    for each in certificates:
        if (each.issuer.public_bytes(), each.serial_number) == token.issuer:
            return each
    return None


def name_of(certificate: "Certificate") -> str:
    """Return the name of the authority in its certificate."""
    from cryptography.x509 import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _check_signature(token: Token, certificate: "Certificate") -> None:
    """Raise InvalidSignature or ValueError unless this certificate made the signature."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    family, named = SIGNATURES[token.algorithm]
    digest = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[
        named or DIGESTS[token.digest]
    ]
    key = certificate.public_key()
    # The attributes are signed as the set that they are, and not under the tag of their place.
    message = bytes([SET]) + token.attributes.whole[1:]
    if family == "RSA" and isinstance(key, rsa.RSAPublicKey):
        key.verify(token.signature, message, padding.PKCS1v15(), digest)
    elif family == "EC" and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(token.signature, message, ec.ECDSA(digest))
    elif family == "Ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(token.signature, message)
    else:
        raise ValueError("its certificate has another kind of key")


def _check_authority(
    certificate: "Certificate", others: "Sequence[Certificate]", trusted: "Sequence[Certificate]", at: datetime
) -> None:
    """Raise Unverifiable unless the certificate is for time stamps and led, at that time, to a trusted one."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID
    from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

    def judge_authority(_policy: Any, _certificate: Any, extension: x509.BasicConstraints) -> None:
        if not extension.ca:
            raise ValueError("it issues no certificates")

    def judge_use(_policy: Any, _certificate: Any, extension: "x509.KeyUsage | None") -> None:
        if extension is not None and not extension.key_cert_sign:
            raise ValueError("it issues no certificates")

    def judge_purpose(_policy: Any, _certificate: Any, extension: x509.ExtendedKeyUsage) -> None:
        if list(extension) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise ValueError("it is not for time stamps")

    issuers = ExtensionPolicy.permit_all()
    issuers = issuers.require_present(x509.BasicConstraints, Criticality.CRITICAL, judge_authority)
    issuers = issuers.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, judge_use)
    signer = ExtensionPolicy.permit_all().require_present(x509.ExtendedKeyUsage, Criticality.CRITICAL, judge_purpose)
    policy = PolicyBuilder().store(Store(list(trusted))).time(at)
    verifier = policy.extension_policies(ca_policy=issuers, ee_policy=signer).build_client_verifier()
    try:
        verifier.verify(certificate, list(others))
    except VerificationError as error:
        raise Unverifiable("its authority is none of those that were given, or not for time stamps then") from error


def judge_timestamps(
    report: Report, tokens: Iterable[tuple[str, bytes]], checkpoints: Checkpoints, trusted: "Sequence[Certificate]"
) -> None:
    """Judge the tokens, each of a checkpoint by its number; without a `trusted` authority only count them."""
    if not trusted:
        count = sum(1 for _ in tokens)
        if count:
            report.notes.append(
                f"time stamps present: {count}; their authority was not checked: verify_ledger.py does that with the "
                "certificate of an authority that you trust (--authority)"
            )
        return
    stamped: list[str] = []
    count = 0
    for number, token in tokens:
        where = f"time stamp of checkpoint {number}"
        digest, made_at = checkpoints.found.get(number, ("", ""))
        count += 1
        if not digest:
            report.add(ALTERED, where, "its checkpoint is not here")
            continue
        try:
            at, authority = verify_token(token, digest, trusted)
        except Unverifiable as reason:
            report.add(UNVERIFIABLE, where, str(reason))
        except ImportError:
            report.add(UNVERIFIABLE, where, "time stamps need the Python package cryptography, 45 or newer")
        except ValueError as reason:
            report.add(ALTERED, where, str(reason))
        else:
            if INSTANT.fullmatch(made_at) and at + CLOCKS_DIFFER < datetime.fromisoformat(made_at):
                report.add(ALTERED, where, "it is older than its checkpoint says it is")
            stamped.append(f"checkpoint {number} existed on {shown(at.isoformat())}, says {authority}")
    if not count:
        report.notes.append("no time stamp is here")
    elif stamped:
        newest = f"; {stamped[-1]}" if len(stamped) > 1 else ""
        report.notes.append(f"time stamps checked: {len(stamped)} of {count}; {stamped[0]}{newest}")


def read_authorities(paths: Iterable[Path]) -> "list[Certificate]":
    """Return the certificates in these files (PEM). Raises OSError, ImportError, or ValueError for a file without."""
    found: list[Certificate] = []
    for path in paths:
        from cryptography.x509 import load_pem_x509_certificates

        found += load_pem_x509_certificates(path.read_bytes())
    return found


# Chains.


@dataclass
class Seat:
    """A mandate according to its events; `role` is empty where they do not tell it."""

    holder: str
    authority: str
    start: str
    end: str
    role: str = ""
    taken_back: bool = False


@dataclass
class Signature:
    """A delegated signature according to its events."""

    mandate: str
    delegate: str
    kinds: frozenset[str]
    cap: str
    start: str
    end: str


@dataclass
class Hands:
    """The replacement of an owner by two hands, or by one alone, according to its events (R1)."""

    former: str
    successor: str
    proposer: str
    proposed_at: str
    alone: bool
    second: str = ""
    seconded_at: str = ""
    announced: int = 0
    objected_at: str = ""
    done: bool = False
    #: When each of the two confirmed it anew after an objection.
    confirmed: dict[str, str] = field(default_factory=dict)

    def follow(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Follow a later step."""
        act, at = event["act"], event["at"]
        if act == "second_replacement" and not self.second:
            self.second, self.seconded_at = event["actor"], at
        elif act == "announce_replacement":
            self.announced += 1
        elif act == "object_replacement" and event["actor"] == self.former:
            self.objected_at = self.objected_at or at
        elif act == "confirm_replacement":
            hand = {self.proposer: "reproposed", self.second: "reseconded"}.get(event["actor"], "")
            if hand and facts.get("hand") == hand:
                self.confirmed.setdefault(hand, at)

    def is_contested(self, at: str) -> bool:
        """Return whether the former owner objected, and those who asked have not confirmed it since."""
        if not self.objected_at or self.objected_at > at:
            return False
        proposed = self.confirmed.get("reproposed", self.proposed_at)
        if proposed <= self.objected_at or proposed > at:
            return True
        if not self.second:
            return not self.alone or _days_between(proposed, at) < DAYS_ALONE
        seconded = self.confirmed.get("reseconded", self.seconded_at)
        return seconded <= self.objected_at or seconded > at

    def counts(self, at: str) -> bool:
        """Return whether it lets the successor follow: two people, or one alone after 30 days and four mails."""
        if self.done or self.is_contested(at):
            return False
        if self.second:
            return self.second not in (self.proposer, self.former, self.successor)
        return self.alone and self.announced >= LEAST_MAILS and _days_between(self.proposed_at, at) >= DAYS_ALONE


@dataclass
class Standing:
    """Who holds which role and who is tied to a bidder, according to the events so far."""

    #: Mandates by number; None where the event does not tell of it.
    seats: dict[str, Seat | None] = field(default_factory=dict)
    #: Declared ties that nobody has ruled on, by number: person, organisation, time.
    ties: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: When each organisation became a bidder.
    bidders: dict[str, str] = field(default_factory=dict)
    #: When the project first had roles.
    roles_since: str = ""

    def copy(self) -> "Standing":
        """Return a copy that later events leave alone."""
        seats = {number: seat and replace(seat) for number, seat in self.seats.items()}
        return Standing(seats, dict(self.ties), dict(self.bidders), self.roles_since)

    def in_office(self, role: str, at: str) -> list[str]:
        """List the holders of a role at this time."""
        return [seat.holder for seat in self._of(role) if _is_within(at, seat.start, seat.end)]

    def absence(self, role: str, at: str) -> dict[str, str] | None:
        """Return why nobody of a role can give an opinion, since when, and when the next holder begins; else None.

        The same as the database computes (projects/seats/mandates/availability.py), but for closed accounts.
        """
        gone = [self._gone(seat, at) for seat in self._of(role) if seat.start <= at]
        if None in gone:
            return None
        since = max(filter(None, gone), default=self.roles_since or at)
        until = min((seat.start for seat in self._of(role) if seat.start > at), default="")
        return {"reason": "tied" if self.in_office(role, at) else "vacant", "since": min(since, at), "until": until}

    def _of(self, role: str) -> list[Seat]:
        return [seat for seat in self.seats.values() if seat and seat.role == role and not seat.taken_back]

    def _gone(self, seat: Seat, at: str) -> str | None:
        """Return since when a holder gives no opinion, or None."""
        if not _is_within(at, seat.start, seat.end):
            return seat.end
        tied = (
            max(declared, self.bidders[organisation])
            for person, organisation, declared in self.ties.values()
            if person == seat.holder and organisation in self.bidders
        )
        return min(tied, default=None)


class SealRange(NamedTuple):
    """The seals of rows that an event names: the first and the last of its act, and the link of the last.

    `subject` is the table and the row that it is about; `erased` is what an erasure tells: the record, and the fields
    of it that were erased.
    """

    project: str
    seq: int
    act: str
    at: str
    first: int
    last: int
    link: str
    subject: tuple[str, str] = ("", "")
    erased: tuple[str, str, str] | None = None

    @property
    def place(self) -> Place:
        """Return the place of the event."""
        return place_of_event(self.project, self.seq, self.act, self.at)


#: Kind and amount (EUR, "" for none) of the revision with this hash, and the amounts of its other options by letter.
Terms = dict[str, tuple[str, str, dict[str, str]]]
#: Of decisions that did not wait for every opinion, by number: the roles not heard, and the facts of those absent.
Unheard = dict[str, tuple[frozenset[str], dict[str, dict[str, str]]]]
#: As many events on seats as one decision causes, at most.
MOST_EFFECTS = 100
#: Days that one hand alone waits, and mails to everybody that it takes.
DAYS_ALONE, LEAST_MAILS = 30, 4
#: The rows of replacements, as events name them.
REPLACEMENT = "projects.replacement"
#: Acts that change who holds which role, or who is tied.
ON_STANDING = ON_SEATS - {"delegate", "revoke"} | frozenset(
    "declare_interest settle_interest note_bidder apply_roles adapt_roles".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class KeyClaim:
    """A signature: by whom, when, since when its passkey is theirs, the SHA-256 of its key, the entry that gave it."""

    place: Place
    person: str
    at: str
    since: str
    key: str
    entry: str


class Chain:
    """The chain of one project, judged event by event in stored order."""

    def __init__(self, project: str, code: str, report: Report, seen: Seen, terms: Terms) -> None:
        self.project, self.code, self.report, self.terms = project, code, report, terms
        self.seen = seen.of(project)
        self.met: set[int] = set()
        self.seq, self.head, self.version = 0, START, 1
        self.standing = Standing()
        #: The last standings that were changed, and when.
        self.standings_before: deque[tuple[str, Standing]] = deque(maxlen=MOST_EFFECTS)
        self.signatures: dict[str, Signature | None] = {}
        #: Ends of an owner's mandate by somebody else: place, owner in office, time. Right if the account was closed.
        self.by_others: list[tuple[Place, str, str]] = []
        #: Opinions not waited for because the accounts of all holders were closed: place, holders, time.
        self.by_closed: list[tuple[Place, list[str], str]] = []
        self.unheard: Unheard = {}
        #: Replacements of owners by number, and those that mandates rest on; mandates that were accepted.
        self.hands: dict[str, Hands] = {}
        self.followed: dict[str, Hands] = {}
        self.accepted: set[str] = set()
        #: Whether an owner is replaced by two hands from here on: chains of earlier releases begin without.
        self.takes_two = False
        #: Signatures, with the passkeys that they say to be of; entries that gave or ended credentials, by their hash.
        self.keys: list[KeyClaim] = []
        self.given: dict[str, dict[str, Any]] = {}
        self.ranges: list[SealRange] = []
        self.shared_ranges: list[SealRange] = []

    def fault(self, kind: int, what: str, event: dict[str, Any] | None = None) -> None:
        """Add a fault of the current event."""
        self.report.add(kind, self.place(event), what)

    def place(self, event: dict[str, Any] | None, seq: int = 0) -> Place:
        """Return the place of the current event, or of another one."""
        act, at = (event["act"], event["at"]) if event else ("", "")
        return place_of_event(self.code, seq or self.seq, act, at)

    def add(self, body: bytes, kept: str) -> dict[str, Any] | None:
        """Judge the next event by its bytes and stored hash (hexadecimal); return its content, if readable."""
        self.report.events += 1
        self.seq += 1
        try:
            event = parse(body)
            version, encoded = event["version"], canonical(event)
        except (ValueError, KeyError, TypeError, RecursionError):
            self.fault(ALTERED, "its bytes are not those of a ledger event")
            self._check_hash(kept, None)
            return None
        if isinstance(version, str) and NUMBER.fullmatch(version):
            if int(version) < self.version:
                self.fault(ALTERED, f"it is written in version {version}, after one in version {self.version}")
            self.version = int(version)
        domain = DOMAINS.get(version) if isinstance(version, str) else None
        if domain is None:
            named = version if isinstance(version, str) else "?"
            self.fault(UNVERIFIABLE, f"it is written in version {named}, which is not known here")
            self._check_hash(kept, None)
            return None
        facts = event.get("facts")
        if event.keys() != FIELDS[version] or type(facts) is not dict or not _only_strings(event, facts):
            self.fault(ALTERED, f"it has not the fields of version {version}")
            self._check_hash(kept, None)
            return None
        place = int(event["seq"]) if NUMBER.fullmatch(event["seq"]) else 0
        if place != self.seq:
            expected, self.seq = self.seq, place or self.seq
            self.fault(ALTERED, f"event {expected} was expected here: some are missing, added or out of order", event)
        if encoded != body or not _has_one_form(event, facts):
            self.fault(ALTERED, "its bytes are not canonical", event)
        if hashlib.sha256(domain + body).hexdigest() != kept:
            self.fault(ALTERED, "its bytes do not match its hash", event)
        if event["prev"] != self.head:
            self.fault(ALTERED, "it does not carry the hash of the event before it", event)
        if event["project"] != self.project:
            self.fault(ALTERED, f"it belongs to project {event['project']}", event)
        if not _is_instant(event["at"]):
            self.fault(ALTERED, "it has no readable date", event)
        self._check_hash(kept, event)
        self._replay(event, facts)
        self._judge_signature(event, facts)
        if event["act"] in {GIVEN, ENDED}:
            self.given[kept] = event
        self._read_seal_ranges(event, facts)
        return dict(event)

    def _judge_signature(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Judge the signature of an act: that this passkey verified its person and signed this hash."""
        if event["act"] not in SIGNED_ACTS or not any(name in facts for name in SIGNED_FACTS):
            return
        self.report.signatures += 1
        try:
            challenge, public_key, said, data, signature = (unhex(facts[name]) for name in SIGNED_FACTS)
            client, key = parse(said, once=True), read_cose(public_key)
            origin = ORIGIN.fullmatch(client["origin"]) if has_texts(client, "type", "challenge", "origin") else None
            if origin is None or len(challenge) != 32 or len(data) < 37:
                raise ValueError("it is not written as a browser writes it")
        except (KeyError, ValueError, RecursionError):
            self.fault(ALTERED, "its signature is not written as that of a passkey", event)
            return
        if (client["type"], client["challenge"]) != ("webauthn.get", base64url(challenge)):
            self.fault(ALTERED, "its passkey signed something else than it says", event)
        if data[32] & 5 != 5:
            self.fault(ALTERED, "its passkey did not verify its person", event)
        names = origin[1].split(".")
        hosts = (".".join(names[place:]) for place in range(len(names)))
        if data[:32] not in {hashlib.sha256(host.encode()).digest() for host in hosts}:
            self.fault(ALTERED, "its passkey belongs to another address than the one that it signed at", event)
        try:
            is_signed = is_signed_by_passkey(key, signature, data + hashlib.sha256(said).digest())
            if is_signed is None:
                self.fault(UNVERIFIABLE, "its passkey signs in a way that is not known here", event)
            elif not is_signed:
                self.fault(ALTERED, "the signature of its passkey is false", event)
        except ImportError:
            self.fault(UNVERIFIABLE, "signatures need the Python package cryptography", event)
        note = f"Project {self.code}: passkeys signed at {origin[0]}."
        if note not in self.report.notes:
            self.report.notes.append(note)
        about = (event["actor"], event.get("entered") or event["at"], facts.get("since", ""))
        digest = hashlib.sha256(public_key).hexdigest()
        self.keys.append(KeyClaim(self.place(event), *about, digest, facts.get("key_entry", "")))

    def _read_seal_ranges(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Read the seals that an event names; once one does, all later ones do."""
        for name, ranges in (("rows", self.ranges), ("shared", self.shared_ranges)):
            match = ROWS.fullmatch(facts.get(name, ""))
            if match:
                first, last, link = match.groups()
                about = [facts.get(told, "") for told in ("subject", "id", "fields")] if event["act"] == "erase" else []
                ranges.append(
                    SealRange(
                        *(self.code, self.seq, event["act"], event["at"], int(first), int(last), link),
                        (event["subject"].replace(".", "_"), event["subject_id"]),
                        (about[0], about[1], about[2]) if about else None,
                    )
                )
            elif ranges or name in facts:
                self.fault(ALTERED, f"it does not say which rows were sealed ({name})", event)

    def finish(self) -> None:
        """Judge the end of the chain."""
        if self.by_others:
            closed = "whether the account of an owner was closed when an administrator ended the mandate"
            self.report.open_points[f"project {self.code}: {closed}"] += len(self.by_others)
        if self.by_closed:
            closed = "whether the account of an adviser was closed when the owner decided without the opinion"
            self.report.open_points[f"project {self.code}: {closed}"] += len(self.by_closed)
        self.report.chains[self.project] = (self.code, self.seq, self.head)
        beyond = [seq for seq in self.seen if seq > self.seq]
        if beyond:
            last = max(beyond)
            self.report.add(
                TRUNCATED,
                Place(f"project {self.code}", self.code, self.seq + 1),
                f"it ends at event {self.seq}, but {self.seen[last][1]} saw event {last}",
            )
        for seq in sorted(self.seen.keys() - self.met - set(beyond)):
            self.report.add(ALTERED, self.place(None, seq), f"{self.seen[seq][1]} saw it, and it is missing")

    def _check_hash(self, kept: str, event: dict[str, Any] | None) -> None:
        self.head = kept
        told = self.seen.get(self.seq)
        if told:
            self.met.add(self.seq)
            if told[0] != kept:
                self.fault(ALTERED, f"it is not the one that {told[1]} saw", event)

    # Authority, replayed from the events alone.

    @property
    def seats(self) -> dict[str, Seat | None]:
        """Return the mandates so far."""
        return self.standing.seats

    def _replay(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        act, known = event["act"], facts.get
        if act in ON_STANDING:
            self.standings_before.append((event["at"], self.standing.copy()))
        try:
            self._follow_hands(event, facts)
            if act == "name_owner":
                self._judge_naming(event)
            if act in ("appoint", "name_owner"):
                self.seats[event["subject_id"]] = (
                    Seat(facts["holder"], facts["authority"], facts["start"], facts["end"], known("of", ""))
                    if "holder" in facts
                    else None
                )
            elif act in ("end_mandate", "decline"):
                seat = self.seats.get(event["subject_id"])
                (self._judge_end if act == "end_mandate" else self._judge_refusal)(event, seat)
                if seat and "end" in facts:
                    seat.end, seat.taken_back = facts["end"], event["at"] < seat.start
                else:
                    self.seats[event["subject_id"]] = None
            elif act == "delegate":
                self.signatures[event["subject_id"]] = (
                    Signature(
                        facts["mandate"],
                        facts["delegate"],
                        frozenset(facts["kinds"].split(",")),
                        facts["cap"],
                        facts["start"],
                        facts["end"],
                    )
                    if "delegate" in facts
                    else None
                )
            elif act == "revoke":
                signature = self.signatures.get(event["subject_id"])
                if signature and "end" in facts:
                    signature.end = facts["end"]
                else:
                    self.signatures[event["subject_id"]] = None
            elif act == "decide":
                self._authority(event, facts)
                self._judge_absences(event)
            elif act == "erase":
                self.report.erasures.add((event["subject"], event["subject_id"]))
                if "subject" in facts:
                    self.report.erasures.add((facts["subject"], known("id", "")))
            elif act in ON_STANDING:
                self._follow_ties(event, facts)
        except KeyError as missing:
            self.fault(ALTERED, f"it does not say {missing}", event)

    def _follow_hands(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Follow the replacements of owners, and since when they take two hands."""
        act, number = event["act"], event["subject_id"]
        if facts.get("hands") == "two" or act == "propose_replacement":
            self.takes_two = True
        if act == "accept":
            self.accepted.add(number)
        if event["subject"] != REPLACEMENT:
            return
        if act == "propose_replacement":
            about = (facts["former"], facts["successor"], event["actor"], event["at"], facts["alone"] == "yes")
            self.hands.setdefault(number, Hands(*about))
        elif number in self.hands:
            self.hands[number].follow(event, facts)

    def _follow_ties(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Follow declared ties and bidders, and when the project first had roles."""
        act, standing = event["act"], self.standing
        if act == "declare_interest" and "person" in facts:
            standing.ties[event["subject_id"]] = (facts["person"], facts["organisation"], event["at"])
        elif act == "settle_interest":
            standing.ties.pop(event["subject_id"], None)
        elif act == "note_bidder" and "organisation" in facts:
            standing.bidders[facts["organisation"]] = event["at"]
        elif act in ("apply_roles", "adapt_roles"):
            standing.roles_since = min(standing.roles_since or event["at"], event["at"])

    def _judge_absences(self, event: dict[str, Any]) -> None:
        """Judge what a decision says of each opinion it did not wait for: impossible, why and since when, or not (R2).

        The events of what it changes stand before its own, at its instant or after: it is judged without them, or with.
        """
        unheard, told = self.unheard.get(event["subject_id"], (frozenset[str](), {}))
        at, entered = event["at"], event.get("entered", "")
        standings = [self.standing]
        standings += [old for changed, old in self.standings_before if changed == at or (changed > at and not entered)]
        for role in sorted(unheard | told.keys()):
            said = told.get(role)
            found = [standing.absence(role, at) for standing in standings]
            holders = [standing.in_office(role, at) for standing in standings]
            if said in found:
                continue
            if any(seat is None or not seat.role for seat in self.seats.values()):
                self.report.open_points[f"project {self.code}: whether an opinion was impossible"] += 1
            elif said and said.get("reason") == "closed" and any(holders):
                self.by_closed.append((self.place(event), max(holders, key=len), at))
            elif said and said.get("reason") == "tied" and max(map(len, holders)) > 1:
                self.report.open_points[f"project {self.code}: since when several holders could give no opinion"] += 1
            else:
                self.fault(ALTERED, f"it does not say of {role} what the seats say (R2)", event)

    def _judge_end(self, event: dict[str, Any], ended: Seat | None) -> None:
        """Judge whether the owner in office ended a mandate, or somebody else that of an owner (R1)."""
        owners = self._owners(event["at"])
        if ended is None or event["actor"] in owners or None in self.seats.values():
            return
        if ended.authority == "decides":
            if self.takes_two and not any(
                hands.successor == event["actor"] and hands.counts(event["at"]) for hands in self.hands.values()
            ):
                self.fault(ALTERED, "its actor ended the mandate of an owner without two hands (R1)", event)
            self.by_others += [(self.place(event), owner, event["at"]) for owner in owners]
        else:
            self.fault(ALTERED, "its actor did not hold the mandate that decides (R1)", event)

    def _judge_refusal(self, event: dict[str, Any], declined: Seat | None) -> None:
        """Judge whether a mandate was declined by its holder, who had not accepted it (R11)."""
        if declined and (event["actor"] != declined.holder or event["subject_id"] in self.accepted):
            self.fault(ALTERED, "it declines the mandate of somebody else, or one that was accepted (R11)", event)

    def _judge_naming(self, event: dict[str, Any]) -> None:
        """Judge whether an owner was named by the one before, or while there was none (R1)."""
        owners = self._owners(event["at"])
        if owners and event["actor"] not in owners:
            self.fault(ALTERED, "its actor named an owner while another one was in office (R1)", event)
        self._judge_following(event, event["facts"])

    def _judge_following(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Judge whether an owner whom the one before did not name follows by two hands (R1)."""
        at, actor = event["at"], event["actor"]
        earlier = [seat for seat in self.seats.values() if seat and seat.authority == "decides"]
        leaving = {seat.holder for seat in earlier if seat.start <= at and (not seat.end or seat.end >= at)}
        named = actor in leaving and "replacement" not in facts
        if not self.takes_two or not earlier or None in self.seats.values() or named:
            return
        hands = self.hands.get(facts.get("replacement", ""))
        if hands and (hands.successor, hands.successor) == (facts.get("holder"), actor) and hands.counts(at):
            hands.done, self.followed[event["subject_id"]] = True, hands
        else:
            self.fault(ALTERED, "it names an owner in place of another one without two hands (R1)", event)

    def _judge_new_owner(self, event: dict[str, Any], mandate: str, seat: Seat) -> None:
        """Judge whether an owner who follows another one has accepted, and acts against no objection (R1)."""
        if not self.takes_two:
            return
        deciding = (other for other in self.seats.values() if other and other.authority == "decides")
        follows = any(other.start < seat.start and not other.taken_back for other in deciding)
        if follows and mandate not in self.accepted:
            self.fault(ALTERED, "its owner follows another one and had not accepted (R1)", event)
        hands = self.followed.get(mandate)
        if hands and hands.is_contested(event["at"]):
            self.fault(ALTERED, "its owner acted against the objection of the one before (R1)", event)

    def _owners(self, at: str) -> list[str]:
        """List the accounts that held the mandate that decides at this time: none or one."""
        deciding = [seat for seat in self.seats.values() if seat and seat.authority == "decides"]
        return [seat.holder for seat in deciding if _is_within(at, seat.start, seat.end)]

    def _authority(self, event: dict[str, Any], facts: dict[str, str]) -> None:
        """Judge whether the actor held the deciding mandate at the decision, or a covering delegation (R1)."""
        at, actor = event["at"], event["actor"]
        if facts["mandate"] not in self.seats:
            self.fault(ALTERED, "it rests on a mandate that no event before it gives (R1)", event)
            return
        seat = self.seats[facts["mandate"]]
        if seat is None:
            self.report.open_points[f"project {self.code}: who held the mandate of a decision"] += 1
            return
        if seat.authority != "decides" or not _is_within(at, seat.start, seat.end):
            self.fault(ALTERED, "the mandate it rests on did not decide then (R1)", event)
        self._judge_new_owner(event, facts["mandate"], seat)
        if not facts["delegation"]:
            if seat.holder != actor:
                self.fault(ALTERED, "its actor did not hold the mandate it rests on (R1)", event)
            return
        if facts["delegation"] not in self.signatures:
            self.fault(ALTERED, "it rests on a delegation that no event before it gives (R1)", event)
            return
        signature = self.signatures[facts["delegation"]]
        if signature is None:
            self.report.open_points[f"project {self.code}: who held the delegation of a decision"] += 1
            return
        if (
            signature.mandate != facts["mandate"]
            or signature.delegate != actor
            or not _is_within(at, signature.start, signature.end)
        ):
            self.fault(ALTERED, "its actor did not hold the delegation it rests on (R1)", event)
        terms = self.terms.get(facts["revision"])
        if terms is None:
            self.report.open_points[
                f"project {self.code}: whether a delegation covers kind and amount of a decision"
            ] += 1
            return
        own = terms[2].get(facts.get("option", ""), "")
        if (
            terms[0] not in signature.kinds
            or _is_beyond(terms[1], signature.cap, event)
            or (own and _is_beyond(own, signature.cap, event))
        ):
            self.fault(ALTERED, "its kind or its amount is beyond the delegation it rests on (R1)", event)


def amounts_in(alternatives: Any) -> dict[str, str]:
    """Return the amounts of the options of a revision that are not recommended, by letter."""
    return {
        letter: text_in(own, "amount")
        for letter, own in (alternatives.items() if isinstance(alternatives, dict) else ())
        if isinstance(own, dict)
    }


def unheard_in(waived: Any, impossible: Any) -> tuple[frozenset[str], dict[str, Any]]:
    """Return the roles not heard and the facts of those absent; what is no map of texts is for the seal to show."""
    absent = impossible if isinstance(impossible, dict) else {}
    return frozenset(waived if isinstance(waived, dict) else ()), {
        role: facts if isinstance(facts, dict) else {} for role, facts in absent.items()
    }


def _has_one_form(event: dict[str, Any], facts: dict[str, str]) -> bool:
    """Return whether numbers, instants and amounts are in the only form that Ouvrage writes."""
    for fields, names in ((event, NUMBERS), (facts, NUMBERS_IN_FACTS)):  # loops: every event comes here
        for name in names:
            number = fields.get(name)
            if number and not NUMBER.fullmatch(number):
                return False
    instants = [event["at"], event.get("entered", "")]
    if event["act"] in ON_SEATS:
        instants += [facts.get("start", ""), facts.get("end", "")]
        if facts.get("cap") and not AMOUNT.fullmatch(facts["cap"]):
            return False
    return all(_is_instant(instant) for instant in instants if instant)


@lru_cache(maxsize=64)
def _is_instant(text: str) -> bool:
    """Return whether a time is written as the ledger writes it, and exists."""
    try:
        return bool(INSTANT.fullmatch(text)) and datetime.fromisoformat(text).isoformat(timespec="microseconds") == text
    except ValueError:
        return False


def _days_between(earlier: str, later: str) -> int:
    """Return the days from one time to another, by their dates; 0 for what is no time."""
    if not (_is_instant(earlier) and _is_instant(later)):
        return 0
    return (datetime.fromisoformat(later).date() - datetime.fromisoformat(earlier).date()).days


def _only_strings(event: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Return whether every value is a string; `facts` is the only field that is none."""
    types = list(map(type, event.values()))
    return types.count(str) == len(types) - 1 and {str}.issuperset(map(type, facts.values()))


def _is_beyond(amount: str, cap: str, event: dict[str, Any]) -> bool:
    """Return whether an amount is beyond a cap; an unknown one is, on decisions that tell how the file was `seen`."""
    if not cap or (not amount and "seen" not in event["facts"]):
        return False
    if not AMOUNT.fullmatch(amount) or not AMOUNT.fullmatch(cap):
        return True
    return (len(amount), amount) > (len(cap), cap)


def _is_within(at: str, start: str, end: str) -> bool:
    """Return whether `at` lies in the period; times of one format compare as texts."""
    return start <= at and (not end or at < end)


# What acts write.


class Writes(NamedTuple):
    """What an act does to the rows of one table: adds some, takes some away, changes these columns."""

    adds: bool
    removes: bool
    columns: frozenset[str]


def read_writes(line: str) -> dict[str, Writes]:
    """Return what an act writes, by table, from its line of `WRITES`."""
    tables = (part.split() for part in line.split(";") if part)
    return {name: Writes("+" in signs, "-" in signs, frozenset(signs) - {"+", "-"}) for name, *signs in tables}


ACT_WRITES = {act: read_writes(line) for act, line in WRITES.items()}


def base_of(table: str) -> str:
    """Return the table whose history a table is, or an empty text."""
    app, sign, name = table.partition("_historical")
    return f"{app}_{name}" if sign else ""


def changed_columns(table: str) -> frozenset[str]:
    """Return the columns of a table that some act changes; of a history, those that are erased."""
    base = base_of(table)
    acts = ("erase",) if base else ACT_WRITES
    found = (ACT_WRITES[act].get(base or table) for act in acts)
    return frozenset().union(*(writes.columns for writes in found if writes))


def may_write(acts: Iterable[str], table: str, kind: str, tells: str) -> bool:
    """Return whether these acts add ("+") or take away ("-") rows of a table, or change ("~") all these columns.

    Every act on a table adds to its history, and only an erasure changes that.
    """
    base = base_of(table)
    if base:
        acts = [act for act in acts if kind == "+" or (kind == "~" and act == "erase")]
    lines = (ACT_WRITES.get(act, {}).get(base or table) for act in acts)
    found = [writes for writes in lines if writes]
    if kind == "~":
        return frozenset().union(*(writes.columns for writes in found)).issuperset(tells.split(","))
    if kind == "-":
        return any(writes.removes for writes in found)
    return table in SEALED_LATER or any(base or writes.adds for writes in found)


class Span(NamedTuple):
    """Seals that follow each other, and the acts that wrote them: those of one transaction; none without an event."""

    first: int
    #: 0 where it has no end.
    last: int
    acts: frozenset[str]
    place: Place
    #: The first seal of the transaction.
    group: int
    #: What the acts are about, table and row, and what erasures among them tell.
    subjects: frozenset[tuple[str, str]] = frozenset()
    erased: tuple[tuple[str, str, str], ...] = ()


#: What erasures tell; acts, subjects and erasures of events.
Erased = tuple[tuple[str, str, str], ...]
Told = tuple[frozenset[str], frozenset[tuple[str, str]], Erased]


def _tell_from(events: Sequence[SealRange], places: Sequence[int]) -> Iterable[Told]:
    """Return the acts, subjects and erasures of the events of a transaction from each of these ascending places on."""
    acts, subjects = set[str](), set[tuple[str, str]]()
    erased: Erased = ()
    told, end = list[Told](), len(events)
    for start in reversed(places):
        part, end = events[start:end], start
        acts.update(each.act for each in part)
        subjects.update(each.subject for each in part)
        erased = (*(each.erased for each in part if each.erased), *erased)
        told.append((frozenset(acts), frozenset(subjects), erased))
    return reversed(told)


def list_spans(report: Report, place: Place, ranges: Iterable[SealRange]) -> list[Span]:
    """Return the seals of a chain by the acts that wrote them, as the events name them.

    An act writes before it records its event: a seal is of an event that comes after it in the same transaction.
    """
    spans: list[Span] = []
    reached = 0
    named = sorted((each for each in ranges if each.first <= each.last), key=lambda each: each.last)
    for first, group in groupby(named, key=lambda each: each.first):
        events = list(group)
        if first <= reached:
            report.add(ALTERED, events[0].place, "it names rows of other acts as its own")
        if first > reached + 1:
            spans.append(Span(reached + 1, first - 1, frozenset(), place, reached + 1))
        reached = max(reached, first - 1)
        ends, end = list[int](), reached
        for at, event in enumerate(events):
            if event.last > end:
                ends.append(at)
                end = event.last
        for at, (acts, subjects, erased) in zip(ends, _tell_from(events, ends), strict=True):
            spans.append(Span(reached + 1, events[at].last, acts, events[at].place, first, subjects, erased))
            reached = events[at].last
    spans.append(Span(reached + 1, 0, frozenset(), place, reached + 1))
    return spans


def judge_write(
    report: Report,
    span: Span,
    table: str,
    row: str,
    kind: str,
    tells: str,
    *,
    shared: bool,
    refixed: bool,
    relaid: bool,
    has_version: bool,
) -> None:
    """Judge a seal of the second version against the acts of its span.

    - `kind`: "+" of a new row, "~" of one that was there, "-" of one that is gone;
    - `refixed`: what no act changes has another hash than before;
    - `relaid`: the seal covers other columns than the one before;
    - `has_version`: a row of the history, added by the same acts, is the version that it seals. A row without a
      history changes by acts that are about it.
    """
    named = f"{table} {row}"
    acts = span.acts | {WITHOUT_EVENT} if shared else span.acts
    if refixed:
        report.add(ALTERED, span.place, f"{named} was changed in what no act changes")
    elif "seal_rows" in acts and (kind == "+" or (kind == "~" and relaid and not tells)):
        return
    elif not may_write(acts, table, kind, tells):
        verb = {"+": "added", "~": "changed", "-": "taken away"}[kind]
        what = f"was {verb} by an act that does not do that" if span.acts else "was written by no act"
        report.add(ALTERED, span.place, f"{named} {what}")
    elif is_erasure(acts, table, kind, tells):
        return
    elif table in VERSIONED:
        if not has_version:
            report.add(ALTERED, span.place, f"{named} was written without its history")
    elif kind == "~" and not base_of(table) and (table, row) not in span.subjects:
        report.add(ALTERED, span.place, f"{named} was changed by an act that is not about it")


def is_erasure(acts: Iterable[str], table: str, kind: str, tells: str) -> bool:
    """Return whether a change of a row is that of an erasure, which overwrites the history as well."""
    return kind == "~" and "erase" in acts and may_write(("erase",), table, kind, tells)


def record_of(table: str, row: str, said: Mapping[str, str | None]) -> tuple[str, str]:
    """Return table and number of the record that a row is, or a version of; `said` are its columns."""
    base = base_of(table)
    return (base, said.get(KEYS.get(base, "id")) or "") if base else (table, row)


def judge_erasure(
    report: Report, span: Span, table: str, row: str, tells: str, said: Mapping[str, str | None], account: str
) -> None:
    """Judge a row that an erasure changed: that it names the row and these columns, and left nothing but a mark.

    `said` are the columns of the row; `account` is the key of the account that it is, or whose history.
    """
    base, number = record_of(table, row, said)
    number = account if base == ACCOUNTS else number
    columns = {*tells.split(",")} - {"salt"}
    is_named = base in QUOTED or any(
        (subject.replace(".", "_"), told) == (base, number)
        and (base == ACCOUNTS or columns.issubset(fields.split(",")))
        for subject, told, fields in span.erased
    )
    if not is_named:
        report.add(ALTERED, span.place, f"{table} {row} was changed by an erasure that does not name it")
    elif base != ACCOUNTS and not all(is_blank(said.get(column), is_quoted=base in QUOTED) for column in columns):
        report.add(ALTERED, span.place, f"{table} {row} says something where an erasure left a mark")


def is_blank(text: str | None, *, is_quoted: bool = False) -> bool:
    """Return whether a column is empty, the mark of an erasure, a list or a map; a quotation ends with the mark."""
    if not text or text == NO_BYTES or (ERASURE.search if is_quoted else ERASURE.fullmatch)(text):
        return True
    try:
        return text[0] in "[{" and isinstance(parse(text.encode()), (list, dict))
    except (ValueError, RecursionError):
        return False


# Rows that the chain seals.


def next_link(link: bytes, table: str, row: str, digest: bytes, tells: str = "", fixed: bytes | None = None) -> bytes:
    """Return the link of a seal, from the link before it; `digest` is empty for a row that is gone.

    Seals of the first version have no `fixed`.
    """
    if fixed is None:
        return hashlib.sha256(SEAL_DOMAIN + link + f"{table} {row} ".encode() + digest).digest()
    return hashlib.sha256(SECOND_SEAL_DOMAIN + link + f"{table} {row} {tells} ".encode() + digest + fixed).digest()


def judge_links(report: Report, ranges: Iterable[SealRange], links: Mapping[int, str], what: str) -> None:
    """Compare the links that events name with those of the seals; the first that differs is a fault."""
    for each in ranges:
        if each.last and links.get(each.last) != each.link:
            report.add(ALTERED, each.place, f"the seals of {what} up to it are not those it names")
            return


class Seal(NamedTuple):
    """The seal of a row in a bundle; `fixed` is None in the first version, and `hash` empty for a row that is gone."""

    table: str
    row: str
    hash: str
    tells: str = ""
    fixed: str | None = None
    layout: str = ""


class Rows:
    """The seals of a bundle, and the rows as it gives them."""

    def __init__(self, report: Report, given: list[dict[str, str]]) -> None:
        self.report = report
        self.given = {(row["table"], row["row"]): row for row in given}
        if len(self.given) != len(given):
            report.add(ALTERED, "", "the bundle gives a row twice")
        self.left = set(self.given)
        #: Where rows were judged, and what erasures changed: span, table and row, columns.
        self.places: dict[tuple[str, str], Place] = {}
        self.erased: list[tuple[Span, tuple[str, str], str]] = []

    def judge(
        self, place: Place, seals: list[list[str]], ranges: list[SealRange], *, shared: bool, given: bool, whole: bool
    ) -> None:
        """Judge a chain of seals: its links against the events, and each row that is given against its newest seal.

        The seals may be those that all projects `shared`: what wrote them is told by the `whole` ledger alone. `given`
        says whether the bundle must hold their rows.
        """
        link, links = bytes(32), {}
        newest: dict[tuple[str, str], Seal] = {}
        spans = list_spans(self.report, place, ranges)
        read = [Seal(*each) for each in seals]
        versions = _list_versions(read, spans)
        left = deque(spans)
        is_second = False
        for number, seal in enumerate(read, start=1):
            fixed = None if seal.fixed is None else unhex(seal.fixed)
            link = next_link(link, seal.table, seal.row, unhex(seal.hash), seal.tells, fixed)
            links[number] = link.hex()
            while 0 < left[0].last < number:
                left.popleft()
            if is_second and fixed is None:
                self.report.add(ALTERED, place, f"the seal {number} of its rows is of an earlier version than before")
            is_second = fixed is not None
            before = newest.get((seal.table, seal.row))
            newest[seal.table, seal.row] = seal
            if whole or not shared:
                self._judge_seal(left[0], seal, before, shared=shared, has_version=number in versions)
        self.report.seals += len(seals)
        judge_links(self.report, ranges, links, "the rows that projects share" if shared else "rows")
        for seal in newest.values():
            self._judge_row(place, seal, given=given)

    def _judge_seal(self, span: Span, seal: Seal, before: Seal | None, *, shared: bool, has_version: bool) -> None:
        named = f"{seal.table} {seal.row}"
        if seal.fixed is None:
            if not span.acts and not shared and seal.table not in SEALED_LATER:
                self.report.add(ALTERED, span.place, f"{named} was written by no act")
            return
        kind = "-" if not seal.hash else "~" if before and before.hash else "+"
        tells = seal.tells if kind == "~" else ""
        relaid = before is None or before.layout != seal.layout
        judge_write(
            self.report,
            span,
            seal.table,
            seal.row,
            kind,
            tells,
            shared=shared,
            refixed=kind == "~" and before is not None and not relaid and before.fixed != seal.fixed,
            relaid=relaid,
            has_version=has_version,
        )
        if is_erasure(span.acts, seal.table, kind, tells):
            self.erased.append((span, (seal.table, seal.row), tells))

    def _judge_row(self, place: Place, seal: Seal, *, given: bool) -> None:
        """Judge a row that is given against its newest seal."""
        key = seal.table, seal.row
        self.left.discard(key)
        self.places[key] = place
        content, named = self.given.get(key), f"{seal.table} {seal.row}"
        if content is None:
            if seal.hash and given:
                self.report.add(ALTERED, place, f"{named} is missing")
        elif not seal.hash:
            self.report.add(ALTERED, place, f"{named} was deleted, and is here")
        elif not _is_as_sealed(seal, content):
            self.report.add(ALTERED, place, f"{named} is not as it was sealed")

    def finish(self) -> None:
        """Report rows without a seal, rows that are not as their history says, and what no erasure names."""
        for table, row in sorted(self.left):
            self.report.add(ALTERED, "", f"{table} {row} was not sealed by any act")
        for (table, row), content in self.given.items():
            said = _read_row(content) if table == FILES else {}
            if said and said.get("content") not in {said.get("sha256"), NO_BYTES}:
                place = self.places.get((table, row), Place())
                self.report.add(ALTERED, place, f"{table} {row} holds other bytes than its fingerprint says")
        newest: dict[tuple[str, str], tuple[int, dict[str, str | None]]] = {}
        for (table, row), content in self.given.items():
            said = _read_row(content) if base_of(table) and NUMBER.fullmatch(row) else {}
            if said:
                key = record_of(table, row, said)
                if key not in newest or int(row) > newest[key][0]:
                    newest[key] = int(row), said
        for key, (_number, version) in newest.items():
            said = _read_row(self.given.get(key, {}))
            if any(name in version and version[name] != value for name, value in said.items()):
                self.report.add(ALTERED, self.places.get(key, Place()), f"{key[0]} {key[1]} is not as its history says")
        for span, key, tells in self.erased:
            said = _read_row(self.given.get(key, {}))
            if said:
                account = _read_row(self.given.get(record_of(*key, said), {})).get("key") or ""
                judge_erasure(self.report, span, *key, tells, said, account)


def _list_versions(seals: list[Seal], spans: Iterable[Span]) -> set[int]:
    """List the seals, by place, of which a row of the history that the same acts added is the version."""
    found: set[int] = set()
    left = deque(spans)
    for number, seal in enumerate(seals, start=1):
        while 0 < left[0].last < number:
            left.popleft()
        place = int(seal.tells) if PLACE.fullmatch(seal.tells) else 0
        if left[0].group <= place < number and seals[place - 1].table == base_of(seal.table):
            found.add(place)
    return found


def _is_as_sealed(seal: Seal, content: dict[str, str]) -> bool:
    """Return whether a row of a bundle has the hashes of its seal."""
    if seal.fixed is None:
        return hashlib.sha256((content["salt"] + content["text"]).encode()).hexdigest() == seal.hash
    if not has_texts(content, "fixed_salt", "fixed"):
        return False
    fixed = hashlib.sha256((content["fixed_salt"] + content["fixed"]).encode()).hexdigest()
    rest = hashlib.sha256((content["salt"] + fixed + content["text"]).encode()).hexdigest()
    return (fixed, rest) == (seal.fixed, seal.hash)


def _read_row(content: dict[str, str]) -> dict[str, str | None]:
    """Return the columns of a row of a bundle, or nothing where they are not told as texts."""
    try:
        parts = [parse(content[name].encode(), once=True) for name in ("fixed", "text")]
    except (KeyError, ValueError, RecursionError, AttributeError):
        return {}
    said = {name: value for part in parts if isinstance(part, dict) for name, value in part.items()}
    return said if all(value is None or isinstance(value, str) for value in said.values()) else {}


# Contents that the chain seals.


# Passkeys that their people were given.

#: Acts and subject of the entries that give a passkey and end it.
GIVEN, ENDED, CREDENTIAL = "give_credential", "end_credential", "projects.credential"


def read_key_entry(report: Report, body: bytes, kept: str) -> dict[str, Any] | None:
    """Return the entry of another chain on a passkey, by bytes and hash. None, with a fault, unless sound."""
    try:
        event = parse(body)
        facts, domain = event["facts"], DOMAINS[event["version"]]
        sound = event.keys() == FIELDS[event["version"]] and type(facts) is dict and _only_strings(event, facts)
        sound = sound and canonical(event) == body and _has_one_form(event, facts)
        sound = sound and bool(event["seq"]) and _is_instant(event["at"])
        sound = sound and hashlib.sha256(domain + body).hexdigest() == kept
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        report.add(ALTERED, "", "an entry on a passkey is not as it was recorded")
        return None
    return dict(event)


def judge_keys(chain: Chain, entries: Mapping[str, dict[str, Any]], *, whole: bool) -> None:
    """Judge whether the passkeys of signatures were their people's then, by the `entries` that gave and ended them.

    Only a `whole` bundle must hold them. What entries do not show is an open point.
    """
    report, shown = chain.report, 0
    ends = {(event["project"], event["subject_id"]): event for event in entries.values() if event["act"] == ENDED}
    doubt = f"project {chain.code}: whether a passkey that signed was given to its person"
    for claim in chain.keys:
        match = KEY_ENTRY.fullmatch(claim.entry)
        given = entries.get(match[2]) if match else None
        if not claim.entry:
            report.open_points[f"{doubt}: the signed entry is older than that"] += 1
        elif match is None:
            report.add(ALTERED, claim.place, "it does not name the entry that gave its passkey")
        elif given is None and whole:
            report.add(ALTERED, claim.place, "the entry that gave its passkey is missing")
        elif given is None:
            report.open_points[f"{doubt}: the entry that gave it is not in the file"] += 1
        elif not _gives_passkey(given, match[1], claim):
            report.add(ALTERED, claim.place, "the entry that it names did not give this passkey to its person before")
        elif _had_ended(ends.get((given["project"], given["subject_id"])), claim):
            report.add(ALTERED, claim.place, "its passkey had ended by then")
        elif "key" not in given["facts"]:
            report.open_points[f"{doubt}: the entry that gave it does not tell its key"] += 1
        else:
            shown += 1
    if shown:
        told = f"signatures by passkeys that entries of the organisation gave to their people before: {shown}"
        report.notes.append(f"Project {chain.code}: {told}.")


def _gives_passkey(given: dict[str, Any], seq: str, claim: KeyClaim) -> bool:
    """Return whether an entry gave the passkey of a signature to its person, when it says, and before."""
    facts = given["facts"]
    said = (given["act"], given["subject"], given["detail"], given["seq"], facts.get("person"), given["at"])
    when = given.get("entered") or given["at"]
    told = (GIVEN, CREDENTIAL, "passkey", seq, claim.person, claim.since)
    return said == told and when <= claim.at and facts.get("key", claim.key) == claim.key


def _had_ended(ended: dict[str, Any] | None, claim: KeyClaim) -> bool:
    """Return whether an entry ended the passkey of a signature before it was made."""
    return ended is not None and (ended.get("entered") or ended["at"]) < claim.at


def seal_in(event: dict[str, Any]) -> str | None:
    """Return the seal of its subject that an event carries, or None."""
    subject, act = event["subject"], event["act"]
    if act not in SEALED_BY.get(subject, SETTLING.get(subject, ())):
        return None
    name = FIRST_SEALS.get(subject, "") if event["version"] == "1" else "content"
    return str(event["facts"].get(name, ""))


def judge_content(report: Report, place: Place, event: dict[str, Any], content: dict[str, Any] | None) -> None:
    """Compare the content of an event's subject with the seal the event carries."""
    key = (event["subject"], event["subject_id"])
    if content is None:
        report.add(ALTERED, place, f"the record it is about ({key[0]} {key[1]}) is missing")
        return
    report.contents += 1
    if content.get("salt") == ERASED:
        report.emptied[key] = Fault(ALTERED, place, f"the text of {key[0]} {key[1]} is gone, and no event erased it")
    elif seal(content) != seal_in(event):
        report.add(ALTERED, place, f"the content of {key[0]} {key[1]} is not the one it seals")
    if key[0] == DOCUMENT and event["facts"].get("sha256", content.get("sha256")) != content.get("sha256"):
        report.add(ALTERED, place, f"the fingerprint of {key[0]} {key[1]} is not the one it tells")


def judge_confirmation(report: Report, place: Place, event: dict[str, Any], decision: dict[str, Any]) -> None:
    """Compare which option a decision takes, and how it says it was confirmed, with its event."""
    if decision.get("salt") == ERASED:
        return
    facts = event["facts"]
    listed = decision.get("factors")
    factors = ",".join(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else None
    if (facts.get("factors"), facts.get("since")) != (factors, decision.get("since")):
        report.add(ALTERED, place, "the decision does not tell how it was confirmed as its event does")
    if facts.get("option", "") != decision.get("option", ""):
        report.add(ALTERED, place, "the decision does not take the option that its event tells")


def judge_statement(report: Report, place: Place, event: dict[str, Any], content: dict[str, Any]) -> None:
    """Compare what a passkey signed, if one did, with the content that an act recorded."""
    facts = event["facts"]
    if content.get("salt") == ERASED or "challenge" not in facts:
        return
    signatory, beside = SIGNED_ACTS[event["act"]]
    statement = {name: facts.get(name, "") for name in beside}
    statement |= {"project": event["project"], "proposal": event["proposal"], signatory: event["actor"]}
    signed = {name: value for name, value in content.items() if name not in UNSIGNED}
    challenge = hashlib.sha256(SIGNATURE_DOMAIN + canonical({**statement, "content": signed})).hexdigest()
    if challenge != facts["challenge"]:
        report.add(ALTERED, place, "what was signed with a passkey is not what is recorded")


def judge_file(report: Report, place: Place, decision: dict[str, Any], kept: dict[str, str]) -> None:
    """Compare the evidence sealed by a decision with the stored hashes, by item; absent items are not judged."""
    if decision.get("salt") == ERASED:
        return
    for item in maps_in(decision.get("file"), "item", "hash"):
        if item["item"] in kept and kept[item["item"]] != item["hash"]:
            report.add(ALTERED, place, f"{item['item']} is not the one that was before the signatory")


def judge_effects(report: Report, place: Place, salt: str, effects: list[list[str]], told: str) -> None:
    """Compare the effects of a decision with the hash in its event."""
    if salt != ERASED and (seal({"salt": salt, "effects": effects}) if effects else "") != told:
        report.add(ALTERED, place, "what the decision changed is not what it tells")


def judge_lapse(
    report: Report, place: Place, event: dict[str, Any], content: dict[str, Any], conditions: list[list[str]]
) -> None:
    """Judge the last event of a condition: it lapses only as the owner chose with the decision, after the day.

    `conditions` are those sealed by the decision; the last part of one that may end it is its lapse. Days are compared
    in UTC, where a day of Paris is over two hours early.
    """
    if (event["act"] == "lapse") != (content.get("state") == "lapsed"):
        report.add(ALTERED, place, "a condition has lapsed, and its last event tells something else")
    if event["act"] != "lapse":
        return
    ending = [condition for condition in conditions if len(condition) > 4 and condition[-1] in ENDING]
    if not any(condition[3] <= event["at"][:10] for condition in ending):
        report.add(ALTERED, place, "no condition that was due then ends the decision, as the owner set them")


class Contents:
    """Contents of a bundle, matched with the events that seal them."""

    def __init__(self, report: Report, given: list[dict[str, Any]]) -> None:
        self.report = report
        self.given = {(record["subject"], record["id"]): record for record in given}
        self.unmet = set(self.given)
        self.last: dict[tuple[str, str], tuple[Place, dict[str, Any]]] = {}
        self.effects: dict[str, tuple[Place, str]] = {}

    def terms(self) -> Terms:
        """Return kind and amounts by the hash of the revision."""
        return {
            seal(record["content"]): (
                text_in(record["content"], "kind"),
                text_in(record["content"], "amount"),
                amounts_in(record["content"].get("alternatives")),
            )
            for (subject, _), record in self.given.items()
            if subject == REVISION
        }

    def unheard(self) -> Unheard:
        """Return what decisions say of the opinions that they did not wait for, by number of the decision."""
        return {
            number: unheard_in(record["content"].get("waived"), record["content"].get("impossible"))
            for (subject, number), record in self.given.items()
            if subject == DECISION and record["content"].get("salt") != ERASED
        }

    def meet(self, chain: Chain, event: dict[str, Any], *, all_given: bool) -> None:
        """Judge the content that an event seals; a content settled later is judged by its last event."""
        key = (event["subject"], event["subject_id"])
        if seal_in(event) is None or (key not in self.given and not all_given):
            return
        place = chain.place(event)
        if key in self.last and key[0] not in SETTLING:
            self.report.add(ALTERED, place, f"another event before it sealed {key[0]} {key[1]}")
        if "effects" in event["facts"] and key in self.given:
            decision = event["subject_id"] if key[0] == DECISION else text_in(self.given[key], "decision")
            # A decision takes effect once: at once, or with its last condition; other events tell nothing.
            if event["facts"]["effects"] or decision not in self.effects:
                self.effects[decision] = (place, event["facts"]["effects"])
        self.unmet.discard(key)
        self.last[key] = (place, event)

    def finish(self) -> None:
        """Judge each content against its sealing event, and report contents without one."""
        for key, (place, event) in self.last.items():
            record = self.given.get(key)
            judge_content(self.report, place, event, record["content"] if record else None)
        for subject, number in sorted(self.unmet):
            if subject != CONDITION:  # a condition that was never settled is sealed by its decision
                self.report.add(ALTERED, f"{subject} {number}", "no event seals it")
        self._files()

    def judge_record(self, language: str, pdf: bytes) -> None:
        """Compare the PDF of the record in this language with the one that an event sealed."""
        decisions = {number for subject, number in self.given if subject == DECISION}
        sealed = [
            text_in(record["content"], "sha256")
            for (subject, number), record in self.given.items()
            if subject == RECORD and (subject, number) in self.last
            if text_in(record["content"], "language") == language and record["content"].get("salt") != ERASED
            if text_in(record["content"], "decision") in decisions
        ]
        if not sealed:
            self.report.open_points[f"whether record-{language}.pdf is the record: its fingerprint was not sealed"] += 1
        elif hashlib.sha256(pdf).hexdigest() not in sealed:
            self.report.add(ALTERED, f"record-{language}.pdf", "it is not the record that was stored")

    def _files(self) -> None:
        by_subject: dict[str, list[dict[str, Any]]] = {}
        for (subject, _), record in self.given.items():
            by_subject.setdefault(subject, []).append(record)
        revisions = {seal(record["content"]): record["content"] for record in by_subject.get(REVISION, [])}
        for record in by_subject.get(OPINION, []):
            if (OPINION, record["id"]) in self.last:
                judge_statement(self.report, *self.last[OPINION, record["id"]], record["content"])
        for record in by_subject.get(DECISION, []):
            found = self.last.get((DECISION, record["id"]))
            if found is None:
                continue
            digest = found[1]["facts"].get("revision", "")
            listed = maps_in(record["content"].get("file"), "item", "hash")
            kept = [item["hash"] for item in listed if item["item"] == "revision"]
            if kept and kept[-1] != digest:
                self.report.add(ALTERED, found[0], "it answers another revision than the one in its file")
            attached = maps_in(revisions.get(digest, {}).get("attachments"), "document", "sha256")
            now = {f"document:{each['document']}": each["sha256"] for each in attached}
            for opinion in by_subject.get(OPINION, []):
                if opinion["content"].get("revision") == digest and opinion["content"].get("salt") != ERASED:
                    now[f"opinion:{text_in(opinion['content'], 'role')}"] = seal(opinion["content"])
            for binding in by_subject.get(BINDING, []):
                if binding["content"].get("revision") == digest and binding["content"].get("salt") != ERASED:
                    now["binding"] = seal(binding["content"])
            judge_confirmation(self.report, found[0], found[1], record["content"])
            judge_statement(self.report, found[0], found[1], record["content"])
            judge_file(self.report, found[0], record["content"], now)
            if record["id"] in self.effects and "effects" in record:
                place, told = self.effects[record["id"]]
                judge_effects(self.report, place, record["content"].get("salt", ""), record["effects"], told)
            self._conditions(record, by_subject.get(CONDITION, []), found[0])

    def _conditions(self, decision: dict[str, Any], conditions: list[dict[str, Any]], place: Place) -> None:
        if decision["content"].get("salt") == ERASED:
            return
        sealed = lists_in(decision["content"].get("conditions"))
        for condition in conditions:
            content = condition["content"]
            if condition.get("decision") != decision["id"] or content.get("salt") == ERASED or "set" not in content:
                continue
            if content["set"] not in sealed:
                self.report.add(ALTERED, place, f"condition {condition['id']} is not as the owner set it")
            found = self.last.get((CONDITION, condition["id"]))
            if found:
                judge_lapse(self.report, found[0], found[1], content, sealed)


# Bundles.


def ensure_shape(bundle: dict[str, Any]) -> None:
    """Raise KeyError or ValueError unless the parts of a bundle are of the types they should be.

    Events and checkpoints are judged one by one, and what is in a content by its seal.
    """
    projects, contents, receipt = bundle["projects"], bundle["contents"], bundle.get("receipt")
    rows, shared = bundle.get("rows", []), bundle.get("shared", [])
    lists = [projects, contents, rows, shared, bundle["checkpoints"]]
    sound = all(isinstance(each, list) for each in lists) and has_texts(bundle, "whole", "contents_of")
    sound = sound and all(has_texts(each, "project", "code") for each in projects)
    sound = sound and all(isinstance(each["events"], list) for each in projects)
    seals = [each.get("seals", []) for each in projects] if sound else []
    sound = sound and all(isinstance(each, list) for each in seals)
    sound = sound and all(
        len(lists_in(each)) == len(each) and all(len(seal) in (3, 6) for seal in each) for each in [*seals, shared]
    )
    sound = sound and all(has_texts(each, "subject", "id") for each in contents)
    sound = sound and all(isinstance(each["content"], dict) for each in contents)
    sound = sound and all(has_texts(each, "table", "row", "salt", "text") for each in rows)
    timestamps = bundle.get("timestamps", [])
    sound = sound and isinstance(timestamps, list) and all(has_texts(each, "number", "token") for each in timestamps)
    keys = bundle.get("keys", [])
    sound = sound and isinstance(keys, list) and all(has_texts(each, "body", "hash") for each in keys)
    sound = sound and (receipt is None or has_texts(receipt, "code", "seq", "hash"))
    sound = sound and (receipt is None or "head" not in receipt or has_texts(receipt, "head", "head_seq"))
    if not sound:
        raise ValueError("its parts are not those of a bundle")


def verify_bundle(
    bundle: dict[str, Any],
    anchors: list[dict[str, Any]],
    receipts: list[dict[str, Any]],
    keys: set[str],
    records: Mapping[str, bytes] | None = None,
    authorities: "Sequence[Certificate]" = (),
) -> Report:
    """Verify a whole bundle, and the PDF of its record, by language, when `records` came with it.

    `authorities` are the certificates of those whose time stamps count.

    Raises KeyError, TypeError or ValueError when it is no bundle.
    """
    report = Report()
    seen = Seen(report)
    if bundle["format"] != "ouvrage.ledger" or bundle["version"] not in ("1", "2", "3"):
        report.add(UNVERIFIABLE, "", "it is no bundle in a format that is known here")
        return report
    ensure_shape(bundle)
    outside = [Signed.read(anchor) for anchor in anchors]
    whole = bundle["whole"] == "yes"
    checkpoints = Checkpoints(report, seen, keys | {anchor.public_key for anchor in outside}, whole=whole)
    for told in bundle["checkpoints"]:
        checkpoints.add(Signed.read(told))
    for anchor in outside:
        checkpoints.anchor(anchor)
    if bundle["checkpoints"] or not outside:
        checkpoints.finish()
    judge_timestamps(report, _read_tokens(bundle), checkpoints, authorities)
    codes = {str(project["code"]): str(project["project"]) for project in bundle["projects"]}
    for told in [*receipts, *([bundle["receipt"]] if bundle.get("receipt") else [])]:
        _note_receipt(told, codes, seen, report, whole=whole)
    entries = _read_keys(bundle, seen, report)
    contents = Contents(report, bundle["contents"])
    terms, unheard = contents.terms(), contents.unheard()
    rows = Rows(report, bundle.get("rows", []))
    with_rows = bundle["version"] != "1" and bundle["contents_of"] != "one decision"
    shared_ranges: list[SealRange] = []
    chains: list[Chain] = []
    progress = Progress(sum(len(project["events"]) for project in bundle["projects"]))
    for project in bundle["projects"]:
        chain = Chain(str(project["project"]), str(project["code"]), report, seen, terms)
        chain.unheard = unheard
        for event in project["events"]:
            body, kept = _read_event(event)
            content = chain.add(body, kept)
            if content is not None:
                contents.meet(chain, content, all_given=bundle["contents_of"] == "all")
            progress.step()
        chain.finish()
        chains += [chain] if chain.keys else []
        entries |= chain.given
        shared_ranges += chain.shared_ranges
        if with_rows:
            place = Place(f"project {chain.code}", chain.code)
            all_given = bundle["contents_of"] == "all"
            rows.judge(place, project["seals"], chain.ranges, shared=False, given=all_given, whole=whole)
    progress.end()
    for chain in chains:
        judge_keys(chain, entries, whole=whole)
    if with_rows:
        all_given = whole and bundle["contents_of"] == "all"
        place = Place("rows that projects share")
        rows.judge(place, bundle["shared"], shared_ranges, shared=True, given=all_given, whole=whole)
    rows.finish()
    seen.absent((str(project["project"]) for project in bundle["projects"]), whole=whole)
    contents.finish()
    for language, pdf in sorted((records or {}).items()):
        contents.judge_record(language, pdf)
    report.finish()
    return report


def _note_receipt(told: dict[str, Any], codes: dict[str, str], seen: Seen, report: Report, *, whole: bool) -> None:
    """Record the hash of a receipt for the project it names by its code."""
    source = f"the receipt of event {told['seq']} of project {told['code']}"
    if told["code"] not in codes:
        report.add(TRUNCATED if whole else UNVERIFIABLE, source, "its project is not here")
        return
    project = codes[told["code"]]
    seen.note(project, figure(told["seq"]), told["hash"], source)
    if "head" in told:
        seen.note(project, figure(told["head_seq"]), told["head"], source)


def _read_tokens(bundle: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the time stamps of a bundle with the number of their checkpoint; unreadable bytes are empty."""
    for told in bundle.get("timestamps", ()):
        try:
            yield told["number"], base64.b64decode(told["token"], validate=True)
        except ValueError:
            yield told["number"], b""


def _read_keys(bundle: dict[str, Any], seen: Seen, report: Report) -> dict[str, dict[str, Any]]:
    """Return the entries of a bundle on passkeys, by their hash; a chain that is there must hold them."""
    entries: dict[str, dict[str, Any]] = {}
    for told in bundle.get("keys", ()):
        body, kept = _read_event(told)
        event = read_key_entry(report, body, kept)
        if event is not None:
            entries[kept] = event
            seen.note(event["project"], figure(event["seq"]), kept, "an entry on a passkey")
    return entries


def _read_event(event: Any) -> tuple[bytes, str]:
    """Return the bytes and the hash of an event; unreadable bytes are empty."""
    try:
        return base64.b64decode(as_text(event["body"]), validate=True), as_text(event["hash"])
    except (KeyError, TypeError, ValueError):
        return b"", ""


# Files.

#: Most bytes that a zip holds unpacked, and its entries.
LARGEST, MOST_ENTRIES = 64 << 20, 16
NAME = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{0,60}")
PROOF, PDF = "proof.json", re.compile(r"record-([a-z]{2})\.pdf")


def unzip(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip as Ouvrage writes it, and of no other: one after the other, without anything between.

    So there is one way to read it, the same in each program. Raises ValueError, struct.error or zlib.error.
    """
    signature, disk, first, here, count, size, start, comment = struct.unpack("<IHHHHIIH", data[-22:])
    end = len(data) - 22
    if (signature, disk, first, comment, here) != (0x06054B50, 0, 0, 0, count) or start + size != end:
        raise ValueError("it is no zip as Ouvrage writes it")
    if not 0 < count <= MOST_ENTRIES:
        raise ValueError(f"it is a zip of {count} files")
    found: dict[str, bytes] = {}
    place, position, room = start, 0, LARGEST
    for _ in range(count):
        entry = struct.unpack("<IHHHHHHIIIHHHHHII", data[place : place + 46])
        told, length, more, note, volume, offset = entry[2:11], entry[10], entry[11], entry[12], entry[13], entry[16]
        flags, method, check, packed, size = told[1], told[2], told[5], told[6], told[7]
        name = data[place + 46 : place + 46 + length]
        local = struct.unpack("<IHHHHHIIIHH", data[position : position + 30])
        begin = position + 30 + length
        if (entry[0], local[0], local[1:10], local[10]) != (0x02014B50, 0x04034B50, told, 0) or more or note or volume:
            raise ValueError("it is no zip as Ouvrage writes it")
        if offset != position or data[position + 30 : begin] != name or begin + packed > start:
            raise ValueError("the files of the zip do not follow each other")
        if flags or method not in (0, 8) or not NAME.fullmatch(name) or name.decode() in found:
            raise ValueError("the zip holds a file that Ouvrage does not write")
        if size > room:
            raise ValueError(f"it holds more than {LARGEST} bytes")
        room -= size
        found[name.decode()] = _unpack(data[begin : begin + packed], method, size, check)
        place, position = place + 46 + length, begin + packed
    if place != end or position != start:
        raise ValueError("the zip holds something that is no file")
    return found


def _unpack(packed: bytes, method: int, size: int, check: int) -> bytes:
    """Return the bytes of one file of a zip."""
    content = packed
    if method:
        stream = zlib.decompressobj(-15)
        content = stream.decompress(packed, size + 1)
        if not stream.eof or stream.unused_data:
            raise ValueError("a file of the zip has another size than it says")
    if len(content) != size or zlib.crc32(content) != check:
        raise ValueError("a file of the zip is damaged")
    return content


def open_proof(data: bytes) -> tuple[Any, dict[str, bytes]]:
    """Return the bundle in a file, and the PDF of each language when it is a zip. Raises as `parse` and `unzip`."""
    if not data.startswith(b"PK"):
        return parse(data, once=True), {}
    found = unzip(data)
    if PROOF not in found:
        raise ValueError(f"the zip holds no {PROOF}")
    matches = ((PDF.fullmatch(name), content) for name, content in found.items())
    return parse(found[PROOF], once=True), {match[1]: content for match, content in matches if match}


def read(path: Path) -> Any:
    """Return the JSON of a file. Raises OSError, ValueError or RecursionError."""
    return parse(path.read_bytes(), once=True)


def read_receipts(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield the receipts of these files: of a proof, or lines `CODE #17 hash` of a mail or a record.

    Raises as `read`.
    """
    for path in paths:
        data = path.read_bytes()
        if data.startswith(b"PK") or data.lstrip().startswith(b"{"):
            told = open_proof(data)[0]
            yield told.get("receipt", told)
            continue
        text = data.decode()
        found = re.findall(r"([A-Z0-9-]+) #(\d+) ([0-9a-f]{64})\b", text)
        if not found:
            raise ValueError(f"{path} holds no receipt")
        for code, seq, digest in found:
            yield {"code": code, "seq": seq, "hash": digest}


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files; a folder yields its JSON files."""
    for path in paths:
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]


def read_keys(paths: Iterable[Path]) -> set[str]:
    """Return the public keys in these files, 64 hexadecimal digits each. Raises OSError, or ValueError without any."""
    found: set[str] = set()
    for path in paths:
        keys = re.findall(r"\b[0-9a-f]{64}\b", path.read_text())
        if not keys:
            raise ValueError(f"{path} holds no public key (64 hexadecimal digits)")
        found |= set(keys)
    return found


class Parser(argparse.ArgumentParser):
    """Argument parser that exits with 3 on a wrong option: the 2 of argparse would be a verdict on the ledger."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        super().exit(UNVERIFIABLE if status else 0, message)


def main() -> int:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, metavar="FILE")
    parser.add_argument("--anchor", type=Path, nargs="+", default=[], action="extend", metavar="FILE")
    parser.add_argument("--receipt", type=Path, nargs="+", default=[], action="extend", metavar="FILE")
    parser.add_argument("--key", type=Path, nargs="+", default=[], action="extend", metavar="FILE")
    parser.add_argument("--authority", type=Path, nargs="+", default=[], action="extend", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    args = parser.parse_args()
    try:
        bundle, records = open_proof(args.bundle.read_bytes())
        report = verify_bundle(
            bundle,
            [read(path) for path in files(args.anchor)],
            list(read_receipts(args.receipt)),
            read_keys(args.key),
            records,
            read_authorities(args.authority),
        )
    except Exception as error:  # any failure to verify is no verdict on the ledger
        report = Report()
        report.add(UNVERIFIABLE, "", f"a file cannot be read as what it should be: {type(error).__name__}: {error}")
    print(json.dumps(report.as_json(), indent=1, ensure_ascii=False) if args.json else report.as_text())
    return report.result


if __name__ == "__main__":
    sys.exit(main())
