"""Queries of acceptance: tests with their last result, progress, reports and the owner's decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext, override

from amoa.acceptance.enums import Result, Severity
from amoa.acceptance.models import AcceptanceCampaign, Defect, TestRun, build_report_content, list_campaign_tests
from amoa.requirements.enums import RequirementState
from amoa.requirements.models import AcceptanceTest, Requirement
from core.access import Person
from core.acts import cached
from core.record.erasure import is_erased
from core.record.sealing import content_hash, parse_term, term_of
from governance.models import Decision, Effect
from projects.models import Project

MOST = 100
#: Values of the filter of a campaign's grid.
SHOWN = ("todo", "failed", "passed")
#: Results after which a defect can be reported.
DEFECTIVE = (Result.FAILED, Result.BLOCKED)


@dataclass(frozen=True)
class Progress:
    """Number of tests in all and by last result."""

    total: int
    passed: int
    failed: int
    blocked: int

    @property
    def run(self) -> int:
        """Count the tests with a result."""
        return self.passed + self.failed + self.blocked

    @property
    def todo(self) -> int:
        """Count the tests without a result."""
        return self.total - self.run


def annotate_last_run(tests: QuerySet[AcceptanceTest], campaign: AcceptanceCampaign | None = None) -> Any:
    """Annotate `last_result`, `last_note` and `last_run_at`, in `campaign` or anywhere."""
    runs = TestRun.objects.filter(test=OuterRef("pk"))
    if campaign:
        runs = runs.filter(campaign=campaign)
    newest = runs.order_by("-pk")
    return tests.annotate(
        last_result=Subquery(newest.values("result")[:1]),
        last_note=Subquery(newest.values("note")[:1]),
        last_run_at=Subquery(newest.values("acted_at")[:1]),
    )


def describe_failure(campaign: AcceptanceCampaign, code: str) -> dict[str, str]:
    """Return the fields of a defect that the test of this code showed in its last run in the campaign."""
    tests = annotate_last_run(list_campaign_tests(campaign), campaign).filter(code=code.replace("\0", ""))
    test = tests.first() if code else None
    if test is None:
        return {"test": code}
    with override(campaign.project.language):
        expected = gettext("Expected: %(text)s") % {"text": test.expected} if test.expected else ""
    note = "" if is_erased(test.last_note or "") else test.last_note
    return {"test": test.code, "title": test.title, "description": "\n\n".join(filter(None, (note, expected)))}


def find_next_to_run(tests: Any) -> AcceptanceTest | None:
    """Return the first test without a result, in the order of the grid; they are annotated by `annotate_last_run`."""
    test: AcceptanceTest | None = tests.filter(last_result=None).order_by("pk").first()
    return test


def count_progress(tests: Any) -> Progress:
    """Count the tests by last result; they are annotated by `annotate_last_run`."""
    rows = tests.order_by().values_list("last_result").annotate(n=Count("pk"))
    counts: dict[str | None, int] = dict(rows)
    results = {result: counts.get(result, 0) for result in Result.values}
    return Progress(sum(counts.values()), **results)


def filter_by_result(tests: Any, shown: str) -> Any:
    """Filter the tests by the value of `show` in the query string; an unknown value keeps all."""
    if shown == "todo":
        return tests.filter(last_result=None)
    if shown == "failed":
        return tests.filter(last_result__in=DEFECTIVE)
    return tests.filter(last_result=Result.PASSED) if shown == "passed" else tests


def count_by_severity(defects: QuerySet[Defect]) -> list[tuple[Severity, int]]:
    """Count the unsettled defects by severity, the worst first."""
    open_ones: Any = defects.filter(pk__in=Defect.objects.unsettled().values("pk"))
    counts = dict(open_ones.order_by().values_list("severity").annotate(n=Count("pk")))
    return [(severity, counts.get(severity, 0)) for severity in Severity]


@dataclass(frozen=True)
class Pronouncement:
    """A decision on a campaign, and the requirements it made accepted."""

    decision: Decision
    accepted: list[Requirement]


def list_pronouncements(campaign: AcceptanceCampaign) -> list[Pronouncement]:
    """List the decisions on proposals that name the campaign, newest first.

    A superseded decision has no accepted requirements.
    """
    if not campaign.is_closed:
        return []
    named = {"revision__terms__campaign": term_of(campaign.number, campaign.hash)}
    decisions = list(
        Decision.objects.filter(project=campaign.project_id, **named)
        .select_related("project", "proposal", "superseded_by__project")
        .order_by("-number")[:MOST]
    )
    effects = Effect.objects.filter(
        subject=AcceptanceCampaign._meta.label_lower, subject_id=campaign.pk, decision__in=decisions
    )
    took = {effect.decision_id for effect in effects if effect.after}
    accepted = _list_accepted(campaign) if took else []
    return [
        Pronouncement(decision, accepted if decision.pk in took and not decision.successor else [])
        for decision in decisions
    ]


def _list_accepted(campaign: AcceptanceCampaign) -> list[Requirement]:
    tested = campaign.runs.filter(result=Result.PASSED).values("test__requirement")
    rows = Requirement.objects.filter(project=campaign.project_id, state=RequirementState.ACCEPTED, pk__in=tested)
    return list(rows.only("code", "title").order_by("code")[:MOST])


@dataclass(frozen=True)
class Report:
    """The frozen report of a closed campaign, for display."""

    campaign: AcceptanceCampaign
    progress: Progress
    results: list[dict[str, str]]
    defects: list[dict[str, str]]
    not_run: list[str]

    @property
    def is_regular(self) -> bool | None:
        """Return whether the service was available enough; None when it was not measured."""
        return self.campaign.is_regular


def build_report(campaign: AcceptanceCampaign) -> Report | None:
    """Build the frozen report of a closed campaign; None while it is open."""
    if not campaign.is_closed or campaign.report is None:
        return None
    results = [
        dict(zip(("test", "requirement", "version", "result"), row, strict=True)) for row in _list_results(campaign)
    ]
    counts = {value: sum(row["result"] == value for row in results) for value in Result.values}
    defects = [
        dict(zip(("reference", "severity", "state", "title"), row, strict=True)) for row in campaign.report["defects"]
    ]
    for row in results:
        row["label"] = str(Result(row["result"]).label)
    for row in defects:
        row["label"] = str(Severity(row["severity"]).label)
    not_run = [code for code, _requirement in campaign.report.get("not_run", [])]
    return Report(campaign, Progress(len(results) + len(not_run), **counts), results, defects, not_run)


def _list_results(campaign: AcceptanceCampaign) -> Iterable[list[str]]:
    rows: list[list[str]] = campaign.report["results"] if campaign.report else []
    return rows


@dataclass(frozen=True)
class Closing:
    """What closing an open campaign would freeze, and what is missing.

    `undocumented` are tests that failed or could not be run, without a defect in the campaign. `seen` is the hash of
    the report.
    """

    progress: Progress
    not_run: list[AcceptanceTest]
    undocumented: list[AcceptanceTest]
    defects: list[Defect]
    seen: str

    @property
    def is_complete(self) -> bool:
        """Return whether nothing is missing."""
        return not self.not_run and not self.undocumented


def build_closing(campaign: AcceptanceCampaign) -> Closing:
    """Build the preview of closing an open campaign."""
    tests = annotate_last_run(list_campaign_tests(campaign).order_by("code"), campaign)
    reported = campaign.defects.exclude(test=None).values("test")
    return Closing(
        count_progress(tests),
        list(tests.filter(last_result=None)),
        list(tests.filter(last_result__in=DEFECTIVE).exclude(pk__in=reported)),
        list(campaign.defects.unsettled().worst_first().select_related("project")),
        content_hash(build_report_content(campaign)),
    )


def get_named_campaign(project: Project, terms: Mapping[str, str]) -> AcceptanceCampaign | None:
    """Return the closed campaign of the project that `terms` name by number and hash.

    Cached for the act.
    """
    number, fingerprint = parse_term(terms.get("campaign", ""))
    closed = project.campaigns.filter(number=number, hash=fingerprint).exclude(hash="").select_related("closed_by")
    return cached(("campaign", project.pk, number, fingerprint), closed.first) if number else None


def list_unsettled(campaign: AcceptanceCampaign) -> list[Defect]:
    """List the unsettled defects of a campaign, the worst first. Cached for the page or act."""
    return cached(("unsettled", campaign.pk), lambda: list(campaign.defects.unsettled().worst_first()))


def list_campaigns(project: Project) -> list[AcceptanceCampaign]:
    """List the newest campaigns with the number of tests run and of unsettled defects."""
    unsettled = Q(defects__in=Defect.objects.unsettled())
    rows = project.campaigns.select_related("deliverable").annotate(
        open_defects=Count("defects", filter=unsettled, distinct=True),
        tested=Count("runs__test", distinct=True),
    )
    return list(rows.order_by("-number")[:MOST])


def list_copy_sources(project: Project, reader: Person) -> list[tuple[str, str]]:
    """List code and name of the other projects with tests that the reader may read, each before its campaigns.

    A campaign is named by the code of its project, a slash and its number.
    """
    others = Project.objects.visible_to(reader).exclude(pk=project.pk)
    with_tests = others.filter(Exists(AcceptanceTest.objects.in_use().filter(project=OuterRef("pk"))))
    sources = []
    for other in with_tests.order_by("code").prefetch_related("campaigns"):
        sources.append((other.code, str(other)))
        campaigns = sorted(other.campaigns.all(), key=lambda campaign: campaign.number)
        sources += [(f"{other.code}/{each.number}", f"{other.code} · {each.title}") for each in campaigns]
    return sources


def list_tests_to_copy(source: Project, campaign: str, most: int) -> list[AcceptanceTest]:
    """List the tests in use of a project by code, or those run in the campaign of this number."""
    tests = source.tests.in_use()
    if campaign:
        number = int(campaign) if campaign.isascii() and campaign.isdecimal() and len(campaign) < 6 else 0
        tests = tests.filter(Exists(TestRun.objects.filter(test=OuterRef("pk"), campaign__number=number)))
    return list(tests.order_by("code")[:most])
