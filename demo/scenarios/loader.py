"""Load scenarios: people, projects and dated acts of a YAML file, entered one act at a time through the services.

Each act is a back-entry (architecture §4): the database accepts it only from the owner role, and marks it.
The file holds the text of its documents: `add_document` sets the key `document`, the `file` name, the `text` and, if
it differs, the `name`. `attach` puts its newest version on a working text; `replace_document` gives another `text`,
and says `why`.
A part of another project names it by its key as `parent`, and is founded after it.
The texts of the file are English; `words` gives a scenario of the demo its French.
Dates are absolute (`2026-03-02`, `2026-03-02 09:30`) or relative to today (`-40d`, `-40d 09:30`), in Europe/Paris.
Absolute ones move with the years, those in texts included (days.py): the demo tells of the year that ends.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from core.acts import acting_as, back_entry, open_act
from core.files.checks import Upload, check_upload
from core.record.sealing import term_of
from demo.scenarios import actions, closings, days, library, pmo_conformity, risks, sessions, steering, words, workspace
from demo.scenarios.world import World, day, instant, months_between, period
from governance.decide.decisions.condition_services import lift, prove, waive
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import NewCondition, Terms, decide
from governance.decide.decisions.supersede import Item, item_key, list_dependents
from governance.decide.evidence.attachments import attach
from governance.decide.evidence.services import add_document, replace_document
from governance.decide.independence.services import judge_project
from governance.decide.obligations.enums import Verdict
from governance.decide.obligations.models import Discharge
from governance.decide.obligations.services import check_evidence, excuse, fulfil
from governance.decide.opinions.services import advise, note_binding
from governance.decide.proposals.services import draft, edit, submit, take_up, withdraw
from governance.enums import EffectiveFrom, Fate, Outcome, Position
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.services import look_back
from governance.models import Condition, Decision, Proposal
from governance.record.earlier_decisions.services import write_earlier
from pmo.registers.risks.effects import risk_term
from pmo.steering.dashboards.snapshots import take_missing
from pmo.steering.reviews.services import archive_review
from pmo.steering.reviews.words import Rhythm
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.models import Mandate, Project, Ruling
from projects.seats.interests.services import declare_interest, note_bidder, settle_interest
from projects.seats.mandates.services import (
    accept,
    appoint,
    delegate,
    end_mandate,
    found_project,
    name_owner,
    role_on,
    state_competence,
)
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.services import link_organisations
from roles.models import Organisation, User

FOLDER = Path(__file__).resolve().parent


def read(name: str, language: str = "") -> dict[str, Any]:
    """Return the content of a scenario file of this folder, merged with its conformity file.

    It comes as it is written, or in a language (words.py).
    """
    source: dict[str, Any] = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    beside = FOLDER / f"{name}_conformity.yaml"
    if beside.exists():
        source = pmo_conformity.merge_conformity(source, yaml.load(beside.read_text("utf-8"), yaml.CSafeLoader))
    return words.in_language(source, FOLDER / f"{name}.fr.po", language) if language else source


def load(name: str, language: str = "en") -> Iterator[tuple[int, int, str]]:
    """Load a scenario entirely or not at all; yield (acts done, acts in all, title) along the way."""
    world = World(days.move(read(name, language), days.years_since(timezone.localdate())))
    acts = world.source["acts"]
    with transaction.atomic():
        with back_entry(instant(acts[0]["at"])):
            _people(world)
        last = None
        for done, entry in enumerate(acts, start=1):
            at = instant(entry["at"])
            _keep_figures(world, last, at)
            last = at
            with back_entry(at):
                ACTS[entry["act"]](world, world.people[entry["by"]], entry)
                connection.check_constraints()  # check deferred constraints by act, not at the end of the transaction
            yield done, len(acts), f"{entry['act']} {entry.get('proposal', entry.get('project', ''))}"


def _keep_figures(world: World, last: datetime | None, at: datetime) -> None:
    """Write the nightly snapshots at the ends of the months between two acts: the data of trends."""
    for month in months_between(last, at):
        with back_entry(month):
            take_missing(Project.objects.filter(pk__in=[project.pk for project in world.projects.values()]))


def is_loaded(name: str) -> bool:
    """Return whether the projects of the scenario exist."""
    codes = {project["code"] for project in read(name)["projects"]}
    return Project.objects.filter(code__in=codes).count() == len(codes)


def _people(world: World) -> None:
    source, installation = world.source, User.objects.installation()
    password = make_password(source["password"])  # once for everybody: hashing is slow
    with acting_as(installation):
        world.organisations = {
            entry["key"]: Organisation.objects.get_or_create(name=entry["name"])[0]
            for entry in source.get("organisations", [])
        }
        for entry in source["people"]:
            world.people[entry["key"]] = User.objects.create(
                email=entry["email"],
                password=password,
                name=entry["name"],
                title=entry.get("title", ""),
                language=entry.get("language", ""),
                organisation=world.organisations.get(entry.get("organisation", "")),
                is_staff=entry.get("staff", False),
                is_superuser=entry.get("superuser", False),
            )


def close_accounts(name: str) -> None:
    """Close the accounts of the people a scenario marks `inactive`, once their acts are entered, as a past act too."""
    with back_entry(timezone.now()):
        for entry in read(name)["people"]:
            if entry.get("inactive"):
                _close_account(actor=User.objects.installation(), person=User.objects.get(email=entry["email"]))


@open_act
def _close_account(*, actor: User, person: User) -> None:
    chain = lock_organisation()
    person.is_active = False
    person.save(update_fields=["is_active"])
    record(Act.CLOSE_ACCOUNT, person, project=chain, person=person.key)


def _content(world: World, entry: dict[str, Any], project: Project) -> dict[str, Any]:
    content = dict(entry["content"])
    for name in ("decide_by", "opinions_by"):
        if name in content:
            content[name] = day(content[name])
    terms = content.get("terms", {})
    content["terms"] = {name: _term(world, name, value, project) for name, value in terms.items()}
    if content.get("amount") is not None:
        content["amount"] = Decimal(str(content["amount"]))
    return {name: value.strip() if isinstance(value, str) else value for name, value in content.items()}


def _term(world: World, name: str, value: Any, project: Project) -> str:
    if name == "matrix":
        return term_of(value, project.matrices.get(number=value).hash)
    if name == "campaign":
        campaign = project.campaigns.get(pk=world.campaigns[value].pk)
        return term_of(campaign.number, campaign.hash)
    if name == "plan":
        return term_of(value, project.change_plans.get(number=value).hash)
    if name == "criteria":
        return term_of(value, project.criteria_sets.get(number=value).hash)
    if name == "risk":
        risk = project.risks.get(code=value)
        return risk_term(risk, risk.ratings.count())
    if name == "baseline":
        return term_of(value, project.baselines.get(number=value).hash)
    if name == "review":
        return term_of(value, project.reviews.get(number=value).hash)
    if name in {"standards", "retires"}:
        return library.term(project, value)
    if name == "bidder":
        return world.organisations[value].name
    if name in {"holder", "delegate"}:
        return str(world.people[value].key)
    return str(day(value)) if name in {"starts_on", "ends_on", "valid_until"} else str(value)


def _fresh(world: World, entry: dict[str, Any]) -> Proposal:
    return Proposal.objects.select_related("project", "current", "draft").get(pk=world.proposals[entry["proposal"]].pk)


def _get_submitted(world: World, entry: dict[str, Any]) -> tuple[Proposal, str]:
    proposal = _fresh(world, entry)
    if proposal.current is None:
        raise ValueError(f"{entry['proposal']} is not submitted yet")
    return proposal, proposal.current.hash


def _found(world: World, by: User, entry: dict[str, Any]) -> None:
    source = next(p for p in world.source["projects"] if p["key"] == entry["project"])
    fields = {name: value for name, value in source.items() if name != "key"}
    fields |= {"starts_on": day(fields["starts_on"]), "ends_on": day(fields["ends_on"])}
    if "parent" in fields:
        fields["parent"] = world.projects[fields["parent"]]
    world.projects[entry["project"]] = found_project(actor=by, owner=world.people[entry["owner"]], fields=fields)


def _link_organisations(world: World, by: User, entry: dict[str, Any]) -> None:
    link_organisations(
        actor=by,
        organisation=world.organisations[entry["organisation"]],
        kind=LinkKind(entry["kind"]),
        other=world.organisations[entry["other"]],
        starts_on=instant(entry["from"]).date(),
        ends_on=instant(entry["until"]).date() if "until" in entry else None,
        source=entry["source"],
    )


def _judge_independence(world: World, by: User, entry: dict[str, Any]) -> None:
    """Mark what is not independent on a project, as the night after a fact does: the installation acts."""
    judge_project(actor=User.objects.installation(), project=world.projects[entry["project"]])


def _appoint(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    appoint(
        actor=by,
        project=project,
        role=role_on(project, entry["role"]),
        holder=world.people[entry["holder"]],
        group=entry.get("group", ""),
        champion=entry.get("champion", False),
        **period(entry),
    )


def _name_owner(world: World, by: User, entry: dict[str, Any]) -> None:
    holder = world.people[entry["holder"]]
    name_owner(actor=by, project=world.projects[entry["project"]], holder=holder, starts_at=instant(entry["from"]))


def _accept(world: World, by: User, entry: dict[str, Any]) -> None:
    """Accept the open-ended mandate that `by` was given on the project."""
    given = by.mandates.filter(project=world.projects[entry["project"]], period__endswith__isnull=True)
    accept(actor=by, mandate=given.earliest("pk"))


def _state_competence(world: World, by: User, entry: dict[str, Any]) -> None:
    """State the competence of `by` for the mandate they hold on the project, with the newest version of a document."""
    mandate = by.mandates.active().get(project=world.projects[entry["project"]])
    document = world.documents[entry["document"]].versions.latest("number") if "document" in entry else None
    state_competence(actor=by, mandate=mandate, text=entry["text"].strip(), document=document)


def _end_mandate(world: World, by: User, entry: dict[str, Any]) -> None:
    mandate = Mandate.objects.active().get(
        project=world.projects[entry["project"]], role__code=entry["role"], holder=world.people[entry["holder"]]
    )
    end_mandate(actor=by, mandate=mandate, ends_at=instant(entry["on"]), because=entry.get("reason", ""))


def _delegate(world: World, by: User, entry: dict[str, Any]) -> None:
    delegate(
        actor=by,
        project=world.projects[entry["project"]],
        to=world.people[entry["delegate"]],
        kinds=entry["kinds"],
        cap=Decimal(str(entry["cap"])),
        document=entry["document"],
        **period(entry),
    )


def _draft(world: World, by: User, entry: dict[str, Any]) -> None:
    project = world.projects[entry["project"]]
    replaced = world.decisions[entry["replaces"]].pk if "replaces" in entry else None
    first = world.proposals[entry["on_question_of"]] if "on_question_of" in entry else None
    content = _content(world, entry, project)
    world.proposals[entry["proposal"]] = draft(
        actor=by, project=project, kind=entry["kind"], content=content, replaces_id=replaced, counter_to=first
    )


def _edit(world: World, by: User, entry: dict[str, Any]) -> None:
    proposal = _fresh(world, entry)
    edit(actor=by, proposal=proposal, version=proposal.draft.version, content=_content(world, entry, proposal.project))


def _upload(entry: dict[str, Any]) -> Upload:
    return check_upload(ContentFile(entry["text"].encode(), name=entry["file"]))


def _add_document(world: World, by: User, entry: dict[str, Any]) -> None:
    version = add_document(
        actor=by, project=world.projects[entry["project"]], name=entry.get("name", ""), upload=_upload(entry)
    )
    world.documents[entry["document"]] = version.document


def _replace_document(world: World, by: User, entry: dict[str, Any]) -> None:
    document = world.documents[entry["document"]]
    replace_document(actor=by, document=document, upload=_upload(entry), why=entry["why"].strip())


def _attach(world: World, by: User, entry: dict[str, Any]) -> None:
    proposal = _fresh(world, entry)
    newest = world.documents[entry["document"]].versions.latest("number")
    content = {"attachments": attach(proposal.draft.attachments, newest)}
    edit(actor=by, proposal=proposal, version=proposal.draft.version, content=content)


def _submit(world: World, by: User, entry: dict[str, Any]) -> None:
    proposal = _fresh(world, entry)
    submit(actor=by, proposal=proposal, version=proposal.draft.version)


def _take_up(world: World, by: User, entry: dict[str, Any]) -> None:
    take_up(actor=by, proposal=_fresh(world, entry))


def _withdraw(world: World, by: User, entry: dict[str, Any]) -> None:
    withdraw(actor=by, proposal=_fresh(world, entry), reasons=entry["reasons"])


def _advise(world: World, by: User, entry: dict[str, Any]) -> None:
    proposal, fingerprint = _get_submitted(world, entry)
    advise(
        actor=by,
        proposal=proposal,
        fingerprint=fingerprint,
        position=Position(entry["position"]),
        reasons=entry["reasons"].strip(),
        preferred=entry.get("preferred", ""),
    )


def _decide(world: World, by: User, entry: dict[str, Any]) -> None:
    proposal, fingerprint = _get_submitted(world, entry)
    conditions = [
        NewCondition(c["text"].strip(), c["role"], instant(c["due_on"]).date(), world.defects.get(c.get("defect", "")))
        for c in entry.get("conditions") or []
    ]
    into, price = entry.get("merged_into"), entry.get("price_reduction")
    terms = Terms(
        option=entry.get("option", ""),
        why_not=entry.get("why_not", "").strip(),
        months=entry.get("months", 0),
        conditions=conditions,
        effective=EffectiveFrom(entry.get("effective", EffectiveFrom.AT_ONCE)),
        return_on=day(entry.get("return_on")),
        price_reduction=Decimal(str(price)) if price else None,
        merged_into=world.proposals[into] if into else None,
        waived=entry.get("waived", {}),
        settled=closings.settle(world, entry, proposal),
        fates={item_key(item): Fate(entry["fates"][item._meta.model_name]) for item in _list_resting(proposal)},
    )
    decision = decide(
        actor=by,
        proposal=proposal,
        fingerprint=fingerprint,
        seen=read_parts(proposal),
        outcome=Outcome(entry["outcome"]),
        reasons=entry["reasons"].strip(),
        terms=terms,
    )
    world.decisions[entry.get("decision") or entry["proposal"]] = decision


def _list_resting(proposal: Proposal) -> list[Item]:
    return list_dependents(proposal.replaces, proposal) if proposal.replaces else []


def _condition(world: World, entry: dict[str, Any]) -> Condition:
    return world.decisions[entry["decision"]].conditions.get(number=entry["condition"])


def _prove(world: World, by: User, entry: dict[str, Any]) -> None:
    prove(actor=by, condition=_condition(world, entry), proof=entry["proof"].strip())


def _lift(world: World, by: User, entry: dict[str, Any]) -> None:
    lift(actor=by, condition=_condition(world, entry), proof=entry["proof"].strip())


def _waive(world: World, by: User, entry: dict[str, Any]) -> None:
    waive(actor=by, condition=_condition(world, entry), because=entry["because"].strip())


def _note_binding(world: World, by: User, entry: dict[str, Any]) -> None:
    proposal, fingerprint = _get_submitted(world, entry)
    note_binding(
        actor=by,
        proposal=proposal,
        fingerprint=fingerprint,
        favourable=entry["favourable"],
        given_on=instant(entry["given_on"]).date(),
        reference=entry["reference"],
    )


def _note_bidder(world: World, by: User, entry: dict[str, Any]) -> None:
    bidder = world.organisations[entry["organisation"]].name
    note_bidder(actor=by, project=world.projects[entry["project"]], organisation=bidder)


def _declare_interest(world: World, by: User, entry: dict[str, Any]) -> None:
    declare_interest(
        actor=by,
        project=world.projects[entry["project"]],
        tie=entry["tie"].strip(),
        organisation=world.organisations[entry["organisation"]].name,
    )


def _settle_interest(world: World, by: User, entry: dict[str, Any]) -> None:
    """Rule on the open tie of a `person` with an organisation."""
    interest = world.projects[entry["project"]].interests.get(
        person=world.people[entry["person"]], organisation=world.organisations[entry["organisation"]], ruling=""
    )
    settle_interest(actor=by, interest=interest, ruling=Ruling(entry["ruling"]), because=entry["because"].strip())


def _look_back(world: World, by: User, entry: dict[str, Any]) -> None:
    decision = Decision.objects.select_related("project", "proposal").get(pk=world.decisions[entry["decision"]].pk)
    cost, value = entry.get("measured_cost"), entry.get("measured_value")
    look_back(
        actor=by,
        decision=decision,
        answer=LookAnswer(entry["answer"]),
        reasons=entry["reasons"].strip(),
        measured_cost=None if cost is None else Decimal(str(cost)),
        measured_on=day(entry.get("measured_on")),
        measured_value=None if value is None else Decimal(str(value)),
        role=entry.get("role", ""),
    )


def _archive_review(world: World, by: User, entry: dict[str, Any]) -> None:
    """Archive the review of the project and, with `chosen` (their keys), of some of its parts.

    One of another `rhythm` than the month has `words`, by the keys of the parts.
    """
    project = world.projects[entry["project"]]
    chosen = [world.projects[key].code for key in entry.get("chosen", [entry["project"]])]
    asked = [(project.code, text) for text in entry.get("asked", [])]
    said = {world.projects[key].code: word for key, word in entry.get("words", {}).items()}
    rhythm = entry.get("rhythm", Rhythm.MONTH)
    archive_review(actor=by, project=project, chosen=chosen, asked=asked, rhythm=rhythm, words=said)


def _write_earlier(world: World, by: User, entry: dict[str, Any]) -> None:
    fields = {**entry["fields"], "decided_on": day(entry["fields"]["decided_on"])}
    write_earlier(actor=by, project=world.projects[entry["project"]], fields=fields)


def _fulfil(world: World, by: User, entry: dict[str, Any]) -> None:
    fulfil(actor=by, **_obligation(world, entry), note=entry["note"].strip())


def _check_evidence(world: World, by: User, entry: dict[str, Any]) -> None:
    """Say whether the last answer to an obligation was received."""
    answers = Discharge.objects.filter(**_obligation(world, entry))
    is_received = entry["verdict"] == Verdict.RECEIVED
    reason = entry.get("reason", "").strip()
    check_evidence(actor=by, discharge=answers.latest("attempt"), is_received=is_received, reason=reason)


def _excuse(world: World, by: User, entry: dict[str, Any]) -> None:
    excuse(actor=by, **_obligation(world, entry), reason=entry["reason"].strip())


def _obligation(world: World, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that name the obligation of an entry."""
    project = world.projects[entry["project"]]
    return {"project": project, **{name: str(entry[name]) for name in ("role", "duty", "key")}}


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {
    "found_project": _found,
    "appoint": _appoint,
    "name_owner": _name_owner,
    "accept": _accept,
    "state_competence": _state_competence,
    "link_organisations": _link_organisations,
    "judge_independence": _judge_independence,
    "end_mandate": _end_mandate,
    "delegate": _delegate,
    "draft": _draft,
    "edit": _edit,
    "add_document": _add_document,
    "replace_document": _replace_document,
    "attach": _attach,
    "submit": _submit,
    "take_up": _take_up,
    "withdraw": _withdraw,
    "advise": _advise,
    "decide": _decide,
    "note_binding": _note_binding,
    "prove": _prove,
    "lift": _lift,
    "waive": _waive,
    "note_bidder": _note_bidder,
    "declare_interest": _declare_interest,
    "settle_interest": _settle_interest,
    "look_back": _look_back,
    "archive_review": _archive_review,
    "write_earlier": _write_earlier,
    "fulfil": _fulfil,
    "excuse": _excuse,
    "check_evidence": _check_evidence,
}
ACTS |= workspace.ACTS | library.ACTS | steering.ACTS | risks.ACTS | pmo_conformity.ACTS | closings.ACTS
ACTS |= actions.ACTS | sessions.ACTS
