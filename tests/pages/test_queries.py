"""Test the queries of each page: the same number at 1 and at 2 rows, within the promise of the architecture.

With EFFORT, at 1, 10 and 50 rows: half an hour of acts enters them.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from amoa.acceptance import services as testing
from amoa.acceptance.enums import Result
from amoa.change_plan import services as plan_change
from amoa.change_plan.calendar_views import build_feed_url
from amoa.models import AcceptanceTest
from amoa.questions.services import ask, estimate
from amoa.recipients.services import describe_group
from amoa.requirements.services import edit_requirement, write_requirement
from core.acts import acting_as, back_entry
from core.record.sealing import term_of
from governance.decide.decisions.services import NewCondition
from governance.desk.responsibilities.services import adapt_roles, newest
from governance.enums import Outcome
from governance.life.actions.services import write_action as give_action
from governance.life.actions.sources import find_origin
from governance.record.acknowledgements.services import acknowledge
from pmo.registers.budget.services import write_budget_line
from pmo.registers.lessons.services import note_lesson
from pmo.registers.risks import services as risking
from pmo.registers.risks.enums import DEFAULT
from pmo.registers.schedule import services as schedule
from pmo.registers.success_criteria import services as success
from pmo.registers.weather.services import publish_weather
from pmo.standards.conformity.automatic_checks import CHECKS
from pmo.standards.conformity.enums import Result as Conformity
from pmo.standards.conformity.services import record_check
from pmo.standards.standards.services import next_version, write_entry
from pmo.steering.dashboards.drilldown import LISTINGS
from pmo.steering.indicators import services as indicators
from projects.models import Document, Project, Ruling
from projects.seats.interests.services import declare_interest, note_bidder, settle_interest
from projects.seats.mandates.services import appoint, delegate, end_mandate, found_project
from projects.seats.role_templates.services import add_duty, new_role, new_version, publish_role
from roles.models import MethodPack, RoleTemplate
from tests import acts
from tests.addresses import full_name
from tests.amoa.imports import factories as imports_files
from tests.amoa.requirements.factories import approve, edit, freeze, submit_to_owner, write
from tests.database import owning, statements, undone
from tests.effort import EFFORT
from tests.pages.visits import act
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.conformity.checked_standards import adopted as in_force
from tests.pmo.standards.conformity.checked_standards import checkpoint
from tests.pmo.standards.standards.factories import adopt, write_draft

pytestmark = pytest.mark.django_db

SIZES = (1, 2) if EFFORT == 1 else (1, 10, 50)
MOST_REPEATS = 2
LIST, DOSSIER, RECORD, DECIDE, HOME, REQUIREMENT, BASELINE = 8, 10, 12, 20, 12, 20, 16
#: A review carries the act out, takes it back, and reads what it shows.
REHEARSED = 28
#: Pages that load model instances instead of JSON arrays, or a form whose draft is read: their extra queries.
MORE = {
    "home after an event": 10,  # where the project stands is read again: checkpoints, milestones, weather, red risks
    "home of a project, as an adviser": 1,
    "home of a programme after an event": 8,
    "home of a programme": 2,
    "dashboard of a programme": 2,  # how the checkpoints of each project stand, and the titles of what to act on today
    "list obligations": 1,
    "list obligations of a programme": 2,
    "projects": 1,
    "register": 2,
    "requirements": 1,
    "requirements filtered": 1,
    "dossier of a baseline": 5,
    "dossier of an acceptance": 2,
    "dossier of a risk to accept": 2,
    "dossier, owner": 1,
    "record of a baseline": 9,
    "documents": 1,
    "dossier answered often": 1,
    "record": 6,  # also how the sign-in of the signatory had changed
    "record as PDF": 3,
    "dashboard_standards": 1,
    "weather_publish": 1,  # the last report, which the reader compares
    "gates": 2,
    "list checkpoints": 3,
    "list checkpoints of a programme": 2,
    "gate_report": 10,  # eight count the files of the reader
    "requirements as xlsx": 6,  # also
    "risks as xlsx": 4,  # also
    "roles as PDF": 3,  # also
    "conformity": 1,
    "decide, seal": 4,  # what the organisation requires of signatories; the draft is erased; what was told today
    "referential, template": 1,
    "standard_list, who keeps it": 1,  # which project this one was opened like
    "change_communication_new": 1,
    "a waiver to ask for": 6,  # its draft, what is missing, and how each checkpoint stands: failed ones are offered
}


class Place:
    """A growing project of its own: open files, answered ones, one file answered again and again."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.cast = cast
        self.projects = 0
        self.programme = self.another_project(level="programme")
        with owning(), back_entry(timezone.now() - timedelta(days=1)):  # a decision depends on seats given before it
            self.project = self.another_project()
            for code, holder in (("PMO", "pmo"), ("AMOA", "amoa"), ("MOE", "moe"), ("DEST", "outsider")):
                role = RoleTemplate.objects.get(pack="fr", code=code, state="published")
                appoint(actor=cast["owner"], project=self.project, role=role, holder=cast[holder], group="Crews")
        acts.accept_mandates(self.project)
        matrix = newest(self.project)
        for kind, terms in (("appointment", {"matrix": term_of(matrix.number, matrix.hash)}), ("gate", {"gate": "G0"})):
            acts.decide(cast["owner"], acts.submit_to_owner(self.project, kind, terms=terms))
        self.much_revised = acts.draft(cast["amoa"], self.project)
        self.rows = 0

    def another_project(self, **fields: Any) -> Any:
        """Add a project of the owner, in their programme once there is one."""
        self.projects += 1
        code = f"N{self.projects}"
        words = {"code": code, "prefix": code, "title_fr": code, "title_en": code, "language": "en"}
        dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
        return found_project(actor=self.cast["staff_admin"], owner=self.cast["owner"], fields=words | dates | fields)

    def grow(self, rows: int) -> None:
        """Grow until there are `rows` of everything a page may list."""
        owner, amoa, pmo = (self.cast[key] for key in ("owner", "amoa", "pmo"))
        while self.rows < rows:
            self.rows += 1
            self.ready = acts.prepare(amoa, pmo, project=self.project)
            acts.submit(amoa, acts.draft(amoa, self.project))
            answered = acts.prepare(amoa, pmo, project=self.project)
            self.decision = acts.decide(owner, answered, Outcome.APPROVED_WITH_CONDITIONS)
            plan = acts.add_document(amoa, self.project, f"Plan {self.rows}")
            acts.edit(amoa, self.much_revised, attachments=[plan.attachment()])
            acts.submit(amoa, self.much_revised)
            acts.advise(pmo, self.much_revised)
            acts.decide(owner, self.much_revised, Outcome.REWORK)
            self.another_project(parent=self.programme)
            acts.leave_event(self.programme)
            self.adapted()
            self.another_seat()
            self.another_role()
            self.another_tie()
            self.another_part_of_the_plan()
            self.another_requirement()
            self.another_baseline()
            self.another_import()
            self.another_campaign()
            self.another_standard()
            self.steered()
            self.another_risk()
            self.another_check()
            self.another_action()
            acts.replace(amoa, plan.document)  # last: the newest notices name what has changed

    def another_standard(self) -> None:
        """Add a standard in force, its next version and that of the first one, with a template; a tool."""
        owner, pmo, row = self.cast["owner"], self.cast["pmo"], self.rows
        sheet = acts.add_document(pmo, self.project, f"Sheet {row}")
        version = adopt(owner, write_draft(pmo, self.project, f"STD-{row}", template=sheet))
        next_version(actor=pmo, standard=version.standard)
        if row == 1:
            self.standard = version.standard
        adopt(owner, next_version(actor=pmo, standard=self.standard))
        self.draft = next_version(actor=pmo, standard=self.standard)
        entry = {"kind": "guide", "family": "risk", "title_fr": "G", "title_en": f"Guide {row}", "link": ""}
        write_entry(actor=pmo, project=self.project, fields=entry | {"document": sheet})

    def another_check(self) -> None:
        """Add a standard with a checked and a waived checkpoint; the first one has every automatic check."""
        of, row = {"actor": self.cast["pmo"], "project": self.project}, self.rows
        names = tuple(CHECKS) if row == 1 else ()
        version = in_force(self.project, f"CHK-{row}", "Read", "Heard", *names, computed=("", "", *names))
        self.checkpoint = checkpoint(version)
        record_check(**of, checkpoint=self.checkpoint, result=Conformity.NOT_CONFORM, finding="Seen.")
        terms = acts.terms_of_a_waiver(self.project) | {"checkpoints": f"CHK-{row}.1#2"}
        file = acts.submit_to_owner(self.project, "waiver", terms=terms)
        acts.decide(self.cast["owner"], file)
        self.waiver = file.current.waiver

    def another_action(self) -> None:
        """Add two actions: from the proposal to decide, and from the newest check."""
        amoa, moe, check = self.cast["amoa"], self.cast["moe"], self.project.conformity_checks.latest("pk")
        fields = {"text": "Count the lamps.", "seat": f"MOE-{moe.pk}", "due_on": acts.FUTURE}
        for label, row in (("governance.proposal", self.ready), ("pmo.conformitycheck", check)):
            origin = find_origin(self.project, f"{label}-{row.pk}", amoa)
            give_action(actor=amoa, project=self.project, fields=fields, origin=origin)

    def another_campaign(self) -> None:
        """Add a run in the open campaign, with a defect; close another campaign and put it to the owner."""
        amoa, row = self.cast["amoa"], self.rows
        days = {"stage": "fitness", "starts_on": timezone.localdate(), "ends_on": timezone.localdate()}
        planned: dict[str, Any] = {"actor": amoa, "project": self.project}
        lamps = testing.write_deliverable(**planned, fields={"code": f"D-{row}", "name": "Lamps"})
        test = testing.write_test(**planned, fields={"title": f"Lamp {row}", "requirement": self.asked})
        if row == 1:
            self.campaign = testing.open_campaign(**planned, fields={"title": "Open", **days})
        closed = testing.open_campaign(**planned, fields={"title": f"Closed {row}", "deliverable": lamps, **days})
        for campaign in (closed, self.campaign):
            testing.run_test(actor=amoa, campaign=campaign, test=test, result=Result.FAILED, note="Too dark.")
            self.defect = testing.report_defect(
                actor=amoa, campaign=campaign, severity="major", title=f"Dark {row}", test=test
            )
        if row == 1:
            self.much_run = test
        testing.run_test(actor=amoa, campaign=self.campaign, test=self.much_run, result=Result.PASSED)
        self.closed = testing.close_campaign(actor=amoa, campaign=closed)
        terms = {"campaign": term_of(self.closed.number, self.closed.hash)}
        self.delivered = acts.submit_to_owner(self.project, "acceptance", terms=terms)
        reserved = acts.submit_to_owner(self.project, "acceptance", terms=terms)
        rows = [NewCondition("Put right.", "MOE", acts.FUTURE, self.closed.defects.get())]
        acts.decide(self.cast["owner"], reserved, Outcome.ACCEPTED_WITH_RESERVATIONS, rows)

    def steered(self) -> None:
        """Add an indicator with a value, a moved milestone, a dependency, budget figures, criteria, a lesson."""
        pmo, row, today = self.cast["pmo"], self.rows, timezone.localdate()
        steered: dict[str, Any] = {"actor": pmo, "project": self.project}
        if row == 1:
            indicators.add_catalogue(**steered)
            indicators.record_computed(**steered)
        bounds = {"better": "lower", "green": Decimal(1), "amber": Decimal(2)}
        self.steering = indicators.write_indicator(**steered, fields={"code": f"I-{row}", "name": "A", **bounds})
        indicators.add_indicator_reading(actor=pmo, indicator=self.steering, measured_on=today, value=Decimal(3))
        self.milestone = schedule.write_milestone(
            **steered, fields={"code": f"M-{row}", "name": "Lamps", "baseline_on": today}
        )
        schedule.forecast(actor=pmo, milestone=self.milestone, forecast_on=acts.FUTURE, reason="Storms.")
        amounts = {"envelope": Decimal(5), "committed": Decimal(1), "forecast": Decimal(5)}
        self.line = write_budget_line(**steered, fields={"label": f"Line {row}", **amounts})
        self.criterion = success.write_criterion(
            **steered, fields={"text": "A", "measure": "B", "target": f"{row}", "due_gate": "G5"}
        )
        success.freeze_criteria(**steered)
        publish_weather(**steered, comment="Nothing to do.")
        note_lesson(**steered, fields={"title": f"Lesson {row}", "lesson": "Light the quay."})

    def another_risk(self) -> None:
        """Add a risk with growing actions, reviews and ratings; an accepted one; an issue; a scale."""
        pmo, owner, row = self.cast["pmo"], self.cast["owner"], self.rows
        grades = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(DEFAULT).items()}
        risking.set_risk_scale(actor=owner, project=self.project, fields=grades)
        risk = risks.create_unaccepted_risk(pmo, self.project, requirements=["R-001"])
        if row == 1:
            self.risk = risk
        for impact in (3, 4):
            risks.assess(pmo, self.risk, residual_likelihood=3, residual_impact=impact)
        fields = {"text": f"Look at motor {row}.", "role": "MOE", "due_on": acts.FUTURE}
        self.action = risking.write_action(actor=pmo, risk=self.risk, fields=fields)
        risking.review_risks(actor=pmo, project=self.project, risk=self.risk, note="As before.")
        risks.accept(owner, self.risk)
        happened = risks.create_risk(pmo, self.project)
        problem = {"title": "It stopped", "urgency": "high", "impact": "low", "size": "small"}
        self.issue = risking.materialise_risk(actor=pmo, risk=happened, fields=problem)
        self.to_accept = acts.submit_to_owner(self.project, "risk_acceptance", terms=risks.terms(risk))

    def another_import(self) -> None:
        """Add an ended import, and one with more lines each time that is checked."""
        amoa = self.cast["amoa"]
        imports_files.import_file(amoa, self.project, imports_files.csv_of((f"R-{self.rows}", "need", "A", "must", "")))
        known = [(f"R-{n + 1}", "need", "B", "could", "One") for n in range(self.rows)]
        self.checked = imports_files.check_file(
            amoa, self.project, imports_files.csv_of(*known, ("", "x", "C", "y", ""))
        )

    def another_part_of_the_plan(self) -> None:
        """Add a recipient group with its planned actions, answers and measures; an acknowledgement."""
        amoa, row, today = self.cast["amoa"], self.rows, timezone.localdate()
        group = describe_group(
            actor=amoa, project=self.project, fields={"name": f"Group {row}", "interest": "low", "influence": "low"}
        )
        plan = {"actor": amoa, "project": self.project}
        plan_change.write_impact(**plan, group=group, aspect="tool", fields={"level": "low"})
        told = {"group": group, "title": f"Message {row}"}
        plan_change.write_communication(**plan, fields=told | {"due_on": today})
        plan_change.write_communication(**plan, fields=told | {"after": self.decision.proposal.number})
        plan_change.write_training(**plan, fields={"group": group, "title": f"Session {row}", "held_on": today})
        number = plan_change.write_indicator(
            **plan, fields={"group": group, "name": f"Indicator {row}", "direction": "up", "target": 5}
        )
        plan_change.add_reading(actor=amoa, indicator=number, measured_on=today, value=Decimal(4))
        item = plan_change.give_feedback(**plan, group=group, kind="question", text="Who answers?")
        if row % 2:
            plan_change.answer_feedback(actor=amoa, item=item, answer="We do.")
        frozen = plan_change.freeze_plan(actor=amoa, project=self.project)
        if row == 1:
            terms = {"plan": term_of(frozen.number, frozen.hash)}
            file = acts.submit_to_owner(self.project, "communication", terms=terms, impact_recipients="All of them.")
            acts.decide(self.cast["owner"], file)
        for reader in ("amoa", "pmo"):
            acknowledge(actor=self.cast[reader], decision=self.decision)
        self.group, self.indicator, self.item = group, number, item

    def another_tie(self) -> None:
        """Add a bidder, a settled tie with it, and a tie with an organisation that does not bid."""
        owner, pmo, name = self.cast["owner"], self.cast["pmo"], f"Bidder {self.rows}"
        note_bidder(actor=owner, project=self.project, organisation=name)
        tie = declare_interest(actor=pmo, project=self.project, organisation=name, tie="A cousin.")
        settle_interest(actor=owner, interest=tie, ruling=Ruling.STAYS, because="Far away.")
        declare_interest(actor=pmo, project=self.project, organisation=f"No bidder {self.rows}", tie="A cousin.")

    def another_requirement(self) -> None:
        """Add a requirement for the project's need, refined and edited once, with a test and its run."""
        amoa, groups = (
            self.cast["amoa"],
            list(self.project.recipient_groups.values_list("pk", flat=True).order_by("pk")),
        )
        need = self.project.requirements.filter(kind="need").first() or write_requirement(
            actor=amoa, project=self.project, fields={"kind": "need", "title": "Crews find their berth"}
        )
        content = {"kind": "functional", "title": f"Crews read plan {self.rows}", "state": "proposed", "parent": need}
        above = write_requirement(actor=amoa, project=self.project, fields=content | {"recipients": groups})
        write_requirement(actor=amoa, project=self.project, fields=content | {"parent": above})
        self.requirement = edit_requirement(
            actor=amoa, requirement=need, seen=need.changed_at.isoformat(), fields={"statement": f"No. {self.rows}"}
        )
        self.requirements = [need.pk, above.pk]
        with acting_as(amoa):
            AcceptanceTest.objects.create(
                project=self.project, code=f"T{self.rows}", requirement=above, title="Read it"
            )

    def another_baseline(self) -> None:
        """Add a requirement, a version of the first one, a baseline in force, a submitted one, a question."""
        amoa, owner = self.cast["amoa"], self.cast["owner"]
        write(amoa, self.project, title=f"Crews see plan {self.rows}", code=f"R-{self.rows:03d}")
        self.asked = self.project.requirements.select_related("project").get(code="R-001")
        edit(amoa, self.asked, title=f"Crews read plan {self.rows}", state="proposed")
        self.approval = approve(owner, self.project, freeze(amoa, self.project))
        write(amoa, self.project, title=f"Crews hear plan {self.rows}", code=f"S-{self.rows:03d}")
        self.baseline = freeze(amoa, self.project)
        self.named = submit_to_owner(self.project, self.baseline)
        ask(actor=amoa, requirement=self.asked, text=f"Is it {self.rows}?")
        estimate(actor=self.cast["moe"], requirement=self.asked, note=f"{self.rows} lamps.")

    def adapted(self) -> None:
        """Add a version of the roles."""
        latest = newest(self.project)
        adapt_roles(
            actor=self.cast["pmo"], project=self.project, base=latest.number, content=latest.read(), reason="Ours."
        )

    def another_seat(self) -> None:
        """Add a recipient who leaves, and a delegation."""
        role = RoleTemplate.objects.get(pack="fr", code="DEST", state="published")
        given = appoint(actor=self.cast["owner"], project=self.project, role=role, holder=self.cast["recipient"])
        end_mandate(actor=self.cast["owner"], mandate=given)
        delegate(
            actor=self.cast["owner"],
            project=self.project,
            to=self.cast["delegate"],
            kinds=["minor_change"],
            cap=None,
            document=f"Act {self.rows}",
            ends_at=timezone.now() + timedelta(days=1),
        )

    def another_role(self) -> None:
        """Add a new role to the catalogue, and a responsibility and a version of another one."""
        admin, words = self.cast["staff_admin"], {"name_fr": "R", "name_en": "R", "mission_fr": "R", "mission_en": "R"}
        pack = MethodPack.objects.get(code="fr")
        new_role(actor=admin, pack=pack, fields={"code": f"R{self.rows}", "authority": "advises", **words})
        published = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
        if self.rows % 10 == 1:  # from the first row on, projects are offered a version
            publish_role(actor=admin, template=new_version(actor=admin, template=published))
        self.role = new_version(actor=admin, template=published)
        text = {"label_fr": "R", "label_en": "R", "evidence_fr": "R", "evidence_en": "R", "recurrence": "once"}
        add_duty(
            actor=admin,
            template=self.role,
            fields={"code": f"R-{self.rows}", "nature": "support", "domains": ["business"], "activities": [], **text},
        )

    def requests(self) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List (name, most queries, reader, address, posted fields) of each page."""
        code, revised = [self.project.code], self.much_revised.pk
        # First: what a page counts of obligations is derived once after each event, and where a project stands.
        for member in ("owner", "pmo", "amoa", "moe", "outsider", "staff_admin"):
            yield f"tasks of {member}", HOME, member, reverse("governance:inbox:inbox"), {}
        for view in ("", "list", "year"):
            yield f"my calendar {view}", LIST, "owner", f"{reverse('governance:calendar:my_calendar')}?view={view}", {}
        yield "projects", LIST, "owner", reverse("governance:project_tree:project_list"), {}
        for name, words in (("search", "quay"), ("search for a word that nobody wrote", "berthh"), ("search page", "")):
            yield name, LIST, "owner", f"{reverse('governance:search:search')}?q={words}", {}
        yield "palette", LIST, "amoa", f"{reverse('governance:search:palette')}?q=quay&in={self.project.code}", {}
        for name in ("home after an event", "home of a project"):
            yield name, HOME, "owner", reverse("governance:home:project_home", args=code), {}
        yield "launch", HOME, "owner", reverse("governance:launch:launch", args=code), {}
        yield "roles to adapt", HOME, "pmo", reverse("governance:responsibilities:roles_adapt", args=code), {}
        take = f"{reverse('governance:responsibilities:roles_adapt_step', args=[*code, 'take'])}?role=PMO"
        yield "a published role beside the project's", HOME, "pmo", take, {}
        yield "home of a project, as an adviser", HOME, "pmo", reverse("governance:home:project_home", args=code), {}
        for name in ("home of a programme after an event", "home of a programme"):
            yield name, HOME, "owner", reverse("governance:home:project_home", args=[self.programme.code]), {}
        duties = reverse("governance:obligations:obligation_list", args=code)
        yield "obligations", LIST, "owner", f"{duties}?standing=all", {}
        yield "obligations of a role", LIST, "pmo", f"{duties}?role=PMO", {}
        yield "register", LIST, "pmo", reverse("governance:register:register", args=code), {}
        yield "proposals", LIST, "amoa", reverse("governance:proposals:proposal_list", args=code), {}
        listed = reverse("amoa:requirements:requirement_list", args=code)
        yield "requirements", LIST, "amoa", listed, {}
        yield "requirements filtered", LIST, "pmo", f"{listed}?q=plan&lack=untested&sort=priority", {}
        yield "a requirement to write", REQUIREMENT, "amoa", reverse("amoa:requirements:requirement_new", args=code), {}
        for number in self.requirements:
            for name in ("", "_history", "_edit"):
                path = reverse(f"amoa:requirements:requirement{name}", args=[number])
                yield f"requirement{name}, {number == self.requirements[0]}", REQUIREMENT, "amoa", path, {}
        traced = reverse("amoa:traceability:traceability", args=code)
        yield "traceability", HOME, "amoa", traced, {}
        yield "traceability filtered", HOME, "pmo", f"{traced}?alert=no_test&q=plan", {}
        yield (
            "traceability as a file",
            HOME,
            "amoa",
            reverse("amoa:traceability:traceability_file", args=[*code, "csv"]),
            {},
        )
        yield (
            "path of a requirement",
            HOME,
            "moe",
            reverse("amoa:traceability:trace_path", args=["requirement", self.asked.pk]),
            {},
        )
        read = reverse("amoa:specification:specification", args=code)
        yield "specification", HOME, "outsider", read, {}
        yield "baselines", HOME, "outsider", reverse("amoa:requirements:baseline_list", args=code), {}
        yield "a baseline", BASELINE, "amoa", self.baseline.get_absolute_url(), {}
        yield "requirements to freeze", HOME, "amoa", reverse("amoa:requirements:baseline_freeze", args=code), {}
        yield "dossier of a baseline", DOSSIER, "owner", self.named.get_absolute_url(), {}
        yield "record of a baseline", HOME, "pmo", self.approval.get_absolute_url(), {}
        yield "liaison", LIST, "moe", reverse("amoa:questions:liaison", args=code), {}
        yield "a question to ask", LIST, "amoa", reverse("amoa:questions:question_ask", args=[self.asked.pk]), {}
        yield "estimates", LIST, "moe", reverse("amoa:questions:estimates", args=code), {}
        yield "an estimate to give", LIST, "moe", reverse("amoa:questions:estimate_give", args=[self.asked.pk]), {}
        yield "documents", LIST, "pmo", reverse("governance:evidence:project_documents", args=code), {}
        yield "evidence files", LIST, "amoa", reverse("governance:evidence:proposal_evidence", args=[revised]), {}
        replace = reverse("governance:evidence:document_replace", args=[Document.objects.latest("pk").pk])
        yield "a document to replace", LIST, "pmo", replace, {}
        yield "imports", LIST, "amoa", reverse("amoa:imports:import_new", args=code), {}
        for name in ("job", "columns", "values"):
            path = reverse(f"amoa:imports:import_{name}", args=[self.checked.pk])
            yield f"import, {name}", LIST, "amoa", path, {}
        for kind in ("csv", "xlsx", "reqif"):
            path = reverse(f"amoa:imports:requirements_{kind}", args=code)
            yield f"requirements as {kind}", LIST, "amoa", path, {}
        yield "notifications", LIST, "owner", reverse("projects:notices:notification_list"), {}
        for member in ("owner", "pmo", "amoa"):
            yield f"dossier, {member}", DOSSIER, member, self.ready.get_absolute_url(), {}
        yield "dossier answered often", DOSSIER, "pmo", acts.reread(self.much_revised).get_absolute_url(), {}
        yield "its history", DOSSIER, "pmo", reverse("governance:dossier:dossier_history", args=[revised]), {}
        yield (
            "its first revision",
            DOSSIER,
            "pmo",
            reverse("governance:dossier:dossier_revision", args=[revised, 1]),
            {},
        )
        for member in ("owner", "pmo"):
            yield f"mandates, {member}", HOME, member, reverse("projects:mandates:mandate_list", args=code), {}
        yield "roles", HOME, "owner", reverse("governance:responsibilities:responsibilities", args=code), {}
        yield "two roles compared", HOME, "pmo", reverse("governance:responsibilities:role_compare", args=code), {}
        yield "roles as PDF", DOSSIER, "pmo", reverse("governance:responsibilities:responsibilities_pdf", args=code), {}
        yield "bidders and ties", LIST, "owner", reverse("projects:interests:interests", args=code), {}
        yield "a tie to declare", LIST, "pmo", reverse("projects:interests:interest_declare", args=code), {}
        yield "who could decide", DOSSIER, "pmo", reverse("projects:mandates:authority", args=code), {}
        for name in ("permissions", "permissions_json", "permissions_mine"):
            yield name, HOME, "pmo", reverse(full_name(name), args=code), {}
        latest = acts.reread(self.much_revised).current.number
        compared = f"{reverse('governance:dossier:dossier_revision', args=[revised, latest])}?with=1"
        yield "its latest revision beside its first", DOSSIER, "pmo", compared, {}
        yield "record", RECORD, "pmo", self.decision.get_absolute_url(), {}
        # The archive holds the proof and, until the worker has stored them, the record as PDF.
        for name, most in (("decision_proof", DOSSIER + 2), ("decision_proof_archive", DOSSIER + DOSSIER + 2)):
            yield name, most, "pmo", reverse(f"governance:verification:{name}", args=[self.decision.pk]), {}
        yield (
            "record as PDF",
            DOSSIER,
            "pmo",
            reverse("governance:records:decision_record_pdf", args=[self.decision.pk]),
            {},
        )
        for name, most in (("", LIST), ("_import", LIST)):
            yield f"referential{name}", most, "staff_admin", reverse(f"projects:role_templates:referential{name}"), {}
        for name in ("template", "differences", "publish", "retire", "duty_new"):
            path = reverse(f"projects:role_templates:referential_{name}", args=[self.role.pk])
            yield f"referential, {name}", HOME, "staff_admin", path, {}
        yield from self.change_requests(code)
        yield from self.acceptance_requests(code)
        yield from self.dashboard_requests(code)
        yield from self.library_requests(code)
        yield from self.steering_requests(code)
        yield from self.risk_requests(code)
        yield from self.conformity_requests(code)
        yield "decide, review", REHEARSED, "owner", *act("decide", self.ready, then=False)
        yield "decide, seal", DECIDE, "owner", *act("decide", self.ready, **{"conditions-0-role": "AMOA"})

    def dashboard_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of dashboards, of a project and of a growing programme."""
        for part in ("dashboard", "dashboard_standards", "dashboard_risks", "dashboard_advice", "review_list", "gates"):
            yield part, HOME, "pmo", reverse(full_name(part), args=code), {}
            yield f"{part} of a programme", HOME, "owner", reverse(full_name(part), args=[self.programme.code]), {}
        for name in (*LISTINGS, "obligations"):
            yield f"list {name}", LIST, "owner", reverse("pmo:dashboards:dashboard_list", args=[*code, name]), {}
            of_several = reverse("pmo:dashboards:dashboard_list", args=[self.programme.code, name])
            yield f"list {name} of a programme", LIST, "owner", of_several, {}
        yield "gate_report", LIST, "pmo", reverse("pmo:gates:gate_report", args=code), {}

    def library_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of the standards library, and a proposal to adopt."""
        for name in ("standard_list", "library_entries"):
            yield name, LIST, "amoa", reverse(full_name(name), args=code), {}
            yield f"{name}, who keeps it", LIST, "pmo", reverse(full_name(name), args=code), {}
        yield "standard_new", LIST, "pmo", reverse("pmo:standards:standard_new", args=code), {}
        yield "a standard", HOME, "outsider", self.standard.get_absolute_url(), {}
        yield "two versions", DOSSIER, "pmo", reverse("pmo:standards:standard_differences", args=[self.standard.pk]), {}
        yield "standard_edit", DOSSIER, "pmo", reverse("pmo:standards:standard_edit", args=[self.draft.pk]), {}
        adopting = f"{reverse('governance:proposals:proposal_new', args=code)}?kind=standard_adoption"
        yield "a proposal to adopt", HOME, "pmo", adopting, {}

    def conformity_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of conformity, with every automatic check, and of waivers."""
        yield "conformity", DOSSIER, "pmo", reverse("pmo:conformity:conformity", args=code), {}
        one = [*code, self.checkpoint.pk]
        yield "a checkpoint", RECORD, "outsider", reverse("pmo:conformity:conformity_checkpoint", args=one), {}
        yield "a check to record", RECORD, "pmo", reverse("pmo:conformity:conformity_check", args=one), {}
        yield "waivers", DOSSIER, "amoa", reverse("pmo:waivers:waiver_list", args=code), {}
        yield "a waiver", RECORD, "owner", self.waiver.get_absolute_url(), {}
        yield (
            "a waiver to ask for",
            LIST,
            "moe",
            f"{reverse('governance:proposals:proposal_new', args=code)}?kind=waiver",
            {},
        )

    def acceptance_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of acceptance, and the dossier of an acceptance with the report of its campaign."""
        for name in (
            "acceptance",
            "acceptance_test_new",
            "campaign_new",
            "deliverable_new",
            "missing_tests",
            "tests_copy",
            "test_sheet",
        ):
            yield name, HOME, "amoa", reverse(full_name(name), args=code), {}
        yield "a test", LIST, "outsider", self.much_run.get_absolute_url(), {}
        yield "a campaign", HOME, "amoa", self.campaign.get_absolute_url(), {}
        yield "a campaign, closed", HOME, "owner", self.closed.get_absolute_url(), {}
        yield "a defect", LIST, "moe", self.defect.get_absolute_url(), {}
        run = reverse("amoa:acceptance:campaign_run", args=[self.campaign.pk, self.much_run.pk])
        yield "a test to run", DECIDE, "amoa", run, {"result": "passed", "note": ""}
        for name in ("campaign_edit", "campaign_close", "defect_new"):
            yield name, HOME, "amoa", reverse(full_name(name), args=[self.campaign.pk]), {}
        yield "dossier of an acceptance", HOME, "owner", self.delivered.get_absolute_url(), {}

    def steering_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of indicators, weather, schedule, budget, success criteria and lessons."""
        for name, most in (
            ("weather", HOME),
            ("weather_publish", DOSSIER),
            ("weather_of_round", HOME),
            ("steering_indicators", HOME),
            ("steering_indicator_new", LIST),
            ("steering_import", LIST),
            ("schedule", DOSSIER),
            ("milestones_grid", LIST),
            ("milestone_new", LIST),
            ("dependency_new", LIST),
            ("means", DOSSIER),
            ("budget_lines_grid", LIST),
            ("budget_line_new", LIST),
            ("success", DOSSIER),
            ("benefits", DOSSIER),
            ("criterion_new", LIST),
            ("criteria_freeze", LIST),
            ("lessons", LIST),
            ("lesson_new", LIST),
        ):
            yield name, most, "pmo", reverse(full_name(name), args=code), {}
        yield "lesson_list", LIST, "pmo", reverse("pmo:lessons:lesson_list") + "?q=light", {}
        for name, row in (
            ("steering_indicator_edit", self.steering),
            ("steering_reading_add", self.steering),
            ("milestone_edit", self.milestone),
            ("milestone_forecast", self.milestone),
            ("budget_line_edit", self.line),
            ("criterion_edit", self.criterion),
            ("criterion_drop", self.criterion),
        ):
            yield name, LIST, "pmo", reverse(full_name(name), args=[row.pk]), {}

    def risk_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of the risk register, and the dossier of a risk acceptance."""
        listed = reverse("pmo:risks:risk_list", args=code)
        yield "risks", LIST, "pmo", listed, {}
        yield "risks filtered", LIST, "owner", f"{listed}?q=crane&band=amber&status=open&matter=overdue", {}
        for name in (
            "risk_heat",
            "risk_scale",
            "issue_list",
            "risk_new",
            "risks_review",
            "risks_grid",
            "issues_grid",
            "risks_paste",
            "issue_new",
        ):
            most = HOME if name in {"risk_heat", "risks_grid"} else LIST
            yield name, most, "pmo", reverse(full_name(name), args=code), {}
        for kind in ("csv", "xlsx"):
            yield f"risks as {kind}", LIST, "amoa", reverse(f"pmo:risks:risks_{kind}", args=code), {}
        for name in ("action_list", "action_new", "actions_grid", "actions_paste"):
            yield name, LIST, "pmo", reverse(f"governance:actions:{name}", args=code), {}
        todo = Project.objects.get(code=code[0]).actions.earliest("pk")
        yield "an action", LIST, "pmo", todo.get_absolute_url(), {}
        yield "action_settle", LIST, "amoa", reverse("governance:actions:action_settle", args=[todo.pk]), {}
        yield "a risk", HOME, "pmo", self.risk.get_absolute_url(), {}
        for name in ("risk_assess", "risk_edit", "risk_action_new", "risk_review", "risk_materialise"):
            yield name, LIST, "pmo", reverse(full_name(name), args=[self.risk.pk]), {}
        yield "risk_action_edit", LIST, "amoa", reverse("pmo:risks:risk_action_edit", args=[self.action.pk]), {}
        yield "an issue", LIST, "pmo", self.issue.get_absolute_url(), {}
        yield "an issue to settle", LIST, "pmo", reverse("pmo:risks:issue_settle", args=[self.issue.pk]), {}
        yield "dossier of a risk to accept", DOSSIER, "owner", self.to_accept.get_absolute_url(), {}

    def change_requests(self, code: list[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
        """List the pages of recipients, the change plan and the calendar."""
        for name, most in (
            ("recipient_list", DOSSIER),
            ("recipient_new", LIST),
            ("recipients_grid", LIST),
            ("change_plan", HOME),
            ("change_communications", LIST),
            ("change_trainings", LIST),
            ("change_feedback", LIST),
            ("change_adoption", LIST),
            ("calendar", HOME),
            ("change_impact_write", LIST),
            ("change_communication_new", LIST),
            ("feedback_new", LIST),
        ):
            yield name, most, "amoa", reverse(full_name(name), args=code), {}
        yield "change_plan_version", LIST, "owner", reverse("amoa:change_plan:change_plan_version", args=[*code, 1]), {}
        yield "recipient", LIST, "pmo", reverse("amoa:recipients:recipient", args=[self.group.pk]), {}
        for name in ("change_indicator_edit", "change_reading_add"):
            yield name, LIST, "amoa", reverse(full_name(name), args=[self.indicator.pk]), {}
        yield "calendar_feed", DOSSIER, "pmo", build_feed_url(self.cast["pmo"], self.project), {}


@pytest.fixture
def costs(cast: dict[str, Any], client_of: Any) -> dict[str, tuple[int, dict[int, Counter[str]]]]:
    """Map each page to its most queries, and its statements at each size."""
    place, found = Place(cast), {}
    clients = {member: client_of(cast[member]) for member in ("owner", "pmo", "amoa", "moe", "outsider", "staff_admin")}
    for rows in SIZES:
        place.grow(rows)
        for name, most, member, path, fields in place.requests():
            with undone(), statements() as sent:
                answer = clients[member].post(path, fields) if fields else clients[member].get(path)
                assert answer.status_code in {200, 302}, (name, answer.status_code)
            found.setdefault(name, (most, {}))[1][rows] = sent
    return found


def test_no_page_needs_more_queries_with_more_rows_nor_more_than_promised(costs: Any) -> None:
    counted = {name: [sent.total() for sent in by_size.values()] for name, (most, by_size) in costs.items()}
    grown = {name: counts for name, counts in counted.items() if len(set(counts)) > 1}
    promised = {name: most + MORE.get(name, 0) for name, (most, _by_size) in costs.items()}
    dear = {name: (counts, promised[name]) for name, counts in counted.items() if max(counts) > promised[name]}
    repeated = {
        name: sql[:300]
        for name, (_, by_size) in costs.items()
        for sent in by_size.values()
        for sql, times in sent.items()
        if times > MOST_REPEATS
    }
    assert (grown, dear, repeated) == ({}, {}, {})
