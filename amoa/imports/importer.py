"""Import of requirements: their own check, as one needs others, and a worker that writes them."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amoa.imports import validation
from amoa.imports.columns import BY_NAME, COLUMNS, NOTE
from amoa.imports.enums import ImportState
from amoa.imports.models import ImportJob
from amoa.imports.problems import UNKNOWN, build_row, read_problems, serialise_problems
from amoa.imports.services import start
from amoa.imports.tasks import nudge
from amoa.imports.validation import NEVER_EMPTY, RequirementPlan
from amoa.requirements.models import Requirement
from amoa.requirements.register import CHOICES, REQUIREMENTS
from core.tables.columns import SAMPLE, fold_header
from core.tables.limits import MOST_ROWS
from core.tables.problems import ProblemRow
from core.tables.tables import Table
from core.tables.words import LEFT_EMPTY, Choices
from projects.imports.plan import Plan, Progress, Report, describe_change
from projects.imports.registry import Importer, register
from projects.models import Project
from roles.models import User

#: Median length from which the cells of a column called "Exigence" are sentences; these names mean titles alone.
SENTENCES, NAMES_OF_TITLES = 70, frozenset(("title", "titre", "name", "nom", "intitule", "objet", "summary"))
#: Requirements written per second, a cautious estimate; `make bench` measures it.
PER_SECOND = 500


@register
class RequirementImporter(Importer[Requirement]):
    """Requirements, matched by their code."""

    name = "requirements"
    title = _("Import requirements")
    back_label = REQUIREMENTS.title
    back_url_name = REQUIREMENTS.list_url
    permission = "amoa.import_requirements"
    columns = COLUMNS
    keys = (("code",),)
    needed = ["code", "title", "statement"]
    constant = ["kind", "category", "priority", "criticality", "source", "verification", "lot", "state", "recipients"]
    synonyms = REQUIREMENTS.list_synonyms()
    unsure = frozenset(("kind",))
    note = NOTE
    category = "category"
    most_lines = MOST_ROWS
    limits = _("Excel (.xlsx), OpenDocument (.ods), CSV or ReqIF, {most} MiB and {lines} lines at most.")
    hint = _(
        "A title, a statement or a code is enough. A line whose code exists changes that requirement. A line"
        " without a code adds one."
    )
    consequence = _("What changes a version in force is proposed as its next version. Nothing is decided by an import.")
    in_background = True
    model = ImportJob

    def get_import_url(self, project: Project) -> str:
        return reverse("amoa:imports:import_new", args=[project.code])

    def list_templates(self, project: Project) -> list[tuple[str, str]]:
        """List the exports, which have exactly the columns of an import."""
        return [
            (name, reverse(f"amoa:imports:requirements_{name.lower()}", args=[project.code]))
            for name in ("XLSX", "CSV", "ReqIF")
        ]

    def identify(self, project: Project) -> dict[str, Any]:
        return {"project": project}

    def count(self, lines: int) -> str:
        return ngettext("%(n)s requirement", "%(n)s requirements", lines) % {"n": lines}

    def build_form(self, project: Project) -> forms.Form:
        """Return a form of the title, which a new line needs, and of the enumerated fields."""
        form = forms.Form()
        form.fields = {"title": forms.CharField()} | {
            name: forms.ChoiceField(choices=kinds.choices, required=False) for name, kinds in CHOICES.items()
        }
        return form

    def list_rows(self, project: Project) -> Iterable[Requirement]:
        return project.requirements.order_by("code")

    def settle_columns(self, mapping: list[str], header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        if not {"title", "statement"} & set(mapping):
            widths = {
                place: median(len(row[place]) for row in rows[:SAMPLE])
                for place, name in enumerate(mapping)
                if rows and not name
            }
            longest = max(widths, key=lambda place: widths[place], default=None)
            if longest is not None and widths[longest] >= SENTENCES:
                mapping[longest] = "statement"
        elif "title" in mapping and "statement" not in mapping:
            place = mapping.index("title")
            if fold_header(header[place]) in NAMES_OF_TITLES:
                return mapping
            lengths = [len(row[place]) for row in rows[:SAMPLE] if row[place]]
            if lengths and median(lengths) >= SENTENCES:
                mapping[place] = "statement"
        return mapping

    def warn_left_empty(self, line: int, name: str, column: str) -> ProblemRow:
        """Say what a field becomes that is never empty."""
        kind = f"{LEFT_EMPTY}_{name}" if name in NEVER_EMPTY else LEFT_EMPTY
        return build_row(line, name, kind, {}, column=column, is_error=False)

    def check(self, project: Project, table: Table, mapping: Sequence[str], choices: Choices) -> RequirementPlan:
        return validation.check(project, table, mapping, choices)

    def keep_check(self, job: ImportJob, plan: Plan[Any]) -> dict[str, Any]:
        return {
            "problems": serialise_problems([*plan.problems, *plan.warnings]),
            "errors": len(plan.wrong),
            "warnings": len(plan.warnings),
            "summary": validation.summarise(plan),
            "fingerprint": plan.fingerprint,
            "total": len(plan.writes),
            "done": 0,
            "leave_out": False,
            "failure": "",
        }

    def read_report(self, job: ImportJob) -> Report:
        problems = read_problems(job.problems, job.head, job.mapping)
        labels = {column.name: str(column.label) for column in COLUMNS}
        requirements = reverse(self.back_url_name, args=[job.project.code]) if job.event_id else ""
        head = [BY_NAME[name].label for name in ("code", "title")]
        return Report(
            counts={name: job.summary[name] for name in ("new", "changed", "same", "left_out") if name in job.summary},
            total=job.total if job.state == ImportState.CHECKED else 0,
            lines=self.count(job.total),
            checked=job.lines,
            seconds=max(1, -(-job.total // PER_SECOND)),
            failure=job.get_failure_display(),
            has_open_words=any(problem.kind in UNKNOWN for problem in problems),
            problems=[problem for problem in problems if problem.is_error],
            warnings=[problem for problem in problems if not problem.is_error],
            changes=[
                describe_change(line, code, labels, cells) for line, code, cells in job.summary.get("first_changed", [])
            ],
            fields=[(labels[name], number) for name, number in job.summary.get("fields", {}).items()],
            head=head,
            new=[
                (
                    line,
                    [
                        (head[0], code, f"{requirements}?{urlencode({'q': code})}" if requirements else ""),
                        (head[1], title, ""),
                    ],
                )
                for line, code, title in job.summary.get("first_new", [])
            ],
            progress=self.read_progress(job),
        )

    def read_progress(self, job: ImportJob) -> Progress | None:
        if not job.is_live:
            return None
        if not job.done:
            return Progress(0, job.total, self.count(job.total), told=int(job.state == ImportState.RUNNING))
        passed = (timezone.now() - (job.started_at or timezone.now())).total_seconds()
        tenths = job.done * 10 // job.total
        left = int(passed * (job.total - job.done) / job.done) + 1
        return Progress(job.done, job.total, self.count(job.total), told=tenths * 10 or 2, left=left)

    def queue(self, actor: User, job: ImportJob, *, leave_out: bool) -> None:
        start(actor=actor, job=job, leave_out=leave_out)
        nudge(job.pk)
