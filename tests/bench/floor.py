"""The floor: the measured pages and the decision written by hand for their job alone, on the same tables.

Each view does what its job cannot do without: session and reader, whether this reader may see it, the rows, a bare
template. No rules, no form objects, no translation, no navigation, no notices. A page names the same dossiers and
decisions as the product's, which the bench checks; the guards of the database hold for the decision here as well.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, When, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template import Context, Engine
from django.test.utils import override_settings
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amoa.requirements.workflow import CANDIDATES
from core.acts import acting_as
from core.sealing import canonical
from governance.decisions.fingerprint import build_file, read_parts
from governance.enums import Outcome
from governance.models import Condition, Decision, Opinion, Proposal, SealBreak
from governance.obligations.facts import with_facts
from governance.obligations.queries import count_by_role, derive_obligations
from projects.ledger.services import DOMAIN, VERSION, instant, read_head
from projects.models import Delegation, LedgerEvent, Mandate, Project
from roles.models import RoleTemplate

#: Rows of a page, as many as the product's pages have.
PROPOSALS, RECORDS, WAITING, RECENT, NEXT, EVENTS, LISTED = 20, 15, 50, 10, 10, 8, 60
ADVISED = ("submitted", "under_review")
BACK = ("returned", "deferred")
#: The middleware that session and forms need; the product's other layers are its own choice.
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = Engine(dirs=[str(Path(__file__).parent / "templates")])


class FloorFirst:
    """Route /floor/ through its own middleware, so that the floor does not pay for the product's."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.product = get_response
        self.floor = BaseHandler()
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            self.floor.load_middleware()

    def __call__(self, request: HttpRequest) -> Any:
        return self.floor.get_response(request) if request.path.startswith("/floor/") else self.product(request)


def _page(name: str, **context: Any) -> HttpResponse:
    return HttpResponse(TEMPLATES.get_template(name).render(Context(context)))


def _visible(request: HttpRequest, code: str) -> Project:
    held = Mandate.objects.filter(project=OuterRef("pk"), holder=request.user.pk, period__contains=timezone.now())
    return get_object_or_404(Project.objects.filter(Exists(held)), code=code)


def with_facts_of(project: Project) -> Any:
    """Read a project again with the facts of its obligations; what follows from them is the product's own rule."""
    return with_facts(Project.objects.filter(pk=project.pk), timezone.now()).get()


def _heard(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return proposals.select_related("current").prefetch_related("current__opinions")


@require_GET
def proposal_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the newest submitted proposals of a project."""
    project = _visible(request, code)
    proposals = Proposal.objects.filter(project=project, current__isnull=False).order_by("-number")
    rows = list(_heard(proposals).select_related("author", "current__decision")[: PROPOSALS + 1])
    more = rows[PROPOSALS - 1].number if len(rows) > PROPOSALS else None
    return _page("proposal_list.html", project=project, rows=rows[:PROPOSALS], more=more)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List an owner's pending proposals, those on the way, and recent decisions."""
    held = Mandate.objects.filter(holder=request.user.pk, period__contains=timezone.now())
    seats = dict(held.values_list("project", "authority"))
    owned = [project for project, authority in seats.items() if authority == "decides"]
    files = Proposal.objects.filter(project__in=owned).select_related("project", "current")
    files = files.order_by("current__decide_by", "pk")
    ready = files.filter(state="ready_for_decision").exclude(writers__contains=[request.user.pk])
    sections = [list(found[:WAITING]) for found in (ready, files.filter(state__in=ADVISED))]
    prefetch_related_objects([proposal for rows in sections for proposal in rows], "current__opinions")
    mine = Condition.objects.filter(decision__project__in=seats, state="open", decision__superseded_by=None)
    settled = mine.filter(Q(decision__project__in=owned) & ~Q(proof="")).select_related("decision__revision")
    newer = SealBreak.objects.filter(decision=OuterRef("decision"), pk__gt=OuterRef("pk"))
    reviews = SealBreak.objects.filter(~Exists(newer), review=None, decision__project__in=owned)
    renewals = held.filter(accepted_at__isnull=False).to_renew().select_related("project", "role")
    recent = Decision.objects.filter(project__in=seats, acted_at__gte=timezone.now() - timedelta(days=30))
    recent = recent.select_related("project", "revision").order_by("-acted_at")[:RECENT]
    return _page(
        "inbox.html",
        sections=sections,
        conditions=settled.order_by("due_on")[:WAITING],
        reviews=reviews.select_related("decision__revision")[:WAITING],
        renewals=renewals[:WAITING],
        recent=recent,
    )


@require_GET
def project_home(request: HttpRequest, code: str) -> HttpResponse:
    """Return figures, next decisions, last acts and role holders."""
    project, now = with_facts_of(_visible(request, code)), timezone.now()
    files = Proposal.objects.filter(project=project, current__isnull=False)
    still = Q(conditions__state="open")
    answers = Decision.objects.filter(project=project).aggregate(
        decided=Count("pk", distinct=True),
        open=Count("conditions", filter=still),
        overdue=Count("conditions", filter=still & Q(conditions__due_on__lt=timezone.localdate())),
    )
    soonest = (Case(When(state__in=BACK, then=1), default=0), "current__decide_by", "pk")
    seen = Q(proposal__isnull=True) | Q(proposal__current__isnull=False)
    events = LedgerEvent.objects.filter(seen, project=project).exclude(act="edit").order_by("-seq")
    return _page(
        "project_home.html",
        project=project,
        states=dict(files.values_list("state").annotate(Count("pk")).order_by()),
        answers=answers,
        next=_heard(files.filter(state__in=[*ADVISED, *BACK, "ready_for_decision"])).order_by(*soonest)[:NEXT],
        events=events.select_related("actor", "proposal__current")[:EVENTS],
        roles=RoleTemplate.objects.filter(pack="fr", state="published").order_by("position"),
        seats=list(project.mandates.filter(period__contains=now).with_renewal().select_related("holder")),
        progress=count_by_role(derive_obligations(project, now)),
        delegations=Delegation.objects.filter(mandate__project=project, period__contains=now).select_related(
            "delegate"
        ),
    )


@require_GET
def register(request: HttpRequest, code: str) -> HttpResponse:
    """List the newest decisions with opinions, conditions and events; counts by outcome; the last event."""
    project = _visible(request, code)
    events = LedgerEvent.objects.filter(subject="governance.decision", subject_id=OuterRef("pk"))
    rows = list(
        project.decisions.select_related("revision", "mandate__role")
        .prefetch_related("revision__opinions", "conditions")
        .annotate(event_seq=Subquery(events.values("seq")), event_hash=Subquery(events.values("hash")))
        .order_by("-number")[: RECORDS + 1]
    )
    return _page(
        "register.html",
        project=project,
        rows=rows[:RECORDS],
        more=rows[RECORDS - 1].number if len(rows) > RECORDS else None,
        outcomes=project.decisions.values_list("outcome").annotate(Count("pk")).order_by(),
        last=project.events.order_by("-seq").first(),
    )


#: Counts of the dashboard by project; required roles are those of its matrix.
PROJECTS_SQL = """
SELECT p.code, p.title_fr, p.level, m.content,
  (SELECT u.name FROM projects_mandate o JOIN roles_user u ON u.id = o.holder_id AND u.is_active
    WHERE o.project_id = p.id AND o.authority = 'decides' AND o.period @> now() AND NOT o.taken_back LIMIT 1),
  ARRAY(SELECT r.code FROM projects_mandate o JOIN roles_roletemplate r ON r.id = o.role_id
    JOIN roles_user u ON u.id = o.holder_id AND u.is_active
    WHERE o.project_id = p.id AND o.period @> now() AND NOT o.taken_back),
  f.pending, f.late, f.since,
  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d.acted_at - v.acted_at) FROM governance_decision d
    JOIN governance_proposalrevision v ON v.id = d.revision_id
    WHERE d.project_id = p.id AND d.acted_at >= now() - interval '365 days'),
  (SELECT count(*) FROM governance_condition c JOIN governance_decision d ON d.id = c.decision_id
    WHERE d.project_id = p.id AND c.state = 'open' AND c.due_on < current_date),
  (SELECT count(*) FROM pmo_risk r WHERE r.project_id = p.id AND NOT r.opportunity
    AND r.status IN ('proposed', 'assessed', 'treated')
    AND coalesce(r.residual_likelihood * r.residual_impact, r.likelihood * r.impact) >= 15),
  q.musts, q.covered
FROM projects_project p
LEFT JOIN projects_project a ON a.id = p.parent_id
LEFT JOIN projects_matrix m ON m.id = p.matrix_id
CROSS JOIN LATERAL (
  SELECT count(*) AS pending, count(*) FILTER (WHERE v.decide_by < current_date) AS late, min(v.acted_at) AS since
  FROM governance_proposal w JOIN governance_proposalrevision v ON v.id = w.current_id
  WHERE w.project_id = p.id AND w.state IN ('submitted', 'under_review', 'ready_for_decision')) f
CROSS JOIN LATERAL (
  SELECT count(*) AS musts, count(*) FILTER (WHERE EXISTS (
    SELECT FROM amoa_acceptancetest t WHERE t.requirement_id = q.id AND NOT t.retired)) AS covered
  FROM amoa_requirement q
  WHERE q.project_id = p.id AND q.priority = 'must' AND q.kind <> 'need' AND q.state = ANY(%(states)s)) q
WHERE p.id = %(root)s OR p.parent_id = %(root)s OR a.parent_id = %(root)s
ORDER BY f.since NULLS LAST, p.code
"""
#: The projects in scope, for the queries over all of them.
PART_SQL = """
(SELECT p.id FROM projects_project p LEFT JOIN projects_project a ON a.id = p.parent_id
  WHERE p.id = %(root)s OR p.parent_id = %(root)s OR a.parent_id = %(root)s)
"""
MONTHS_SQL = f"""
SELECT date_trunc('month', d.acted_at), percentile_cont(0.5) WITHIN GROUP (ORDER BY d.acted_at - v.acted_at), count(*)
FROM governance_decision d JOIN governance_proposalrevision v ON v.id = d.revision_id
WHERE d.project_id IN {PART_SQL} AND d.acted_at >= now() - interval '365 days' GROUP BY 1 ORDER BY 1
"""
WAITING_SQL = f"""
SELECT w.state, w.awaited_roles, count(*), count(*) FILTER (WHERE v.acted_at > now() - interval '5 days'),
  count(*) FILTER (WHERE v.acted_at > now() - interval '10 days'),
  count(*) FILTER (WHERE v.acted_at > now() - interval '20 days')
FROM governance_proposal w JOIN governance_proposalrevision v ON v.id = w.current_id
WHERE w.project_id IN {PART_SQL} AND w.state IN ('submitted', 'under_review', 'ready_for_decision') GROUP BY 1, 2
"""
DUE_SQL = f"""
SELECT role, count(*) FILTER (WHERE due_on < current_date), count(*) FROM (
  SELECT c.role, c.due_on FROM governance_condition c JOIN governance_decision d ON d.id = c.decision_id
    WHERE d.project_id IN {PART_SQL} AND c.state = 'open'
  UNION ALL SELECT a.role, a.due_on FROM pmo_riskaction a JOIN pmo_risk r ON r.id = a.risk_id
    WHERE a.project_id IN {PART_SQL} AND a.done_on IS NULL AND r.status IN ('proposed', 'assessed', 'treated')
  UNION ALL SELECT k.action_role, k.action_due FROM (
    SELECT DISTINCT ON (project_id, checkpoint_id) * FROM pmo_conformitycheck
    WHERE project_id IN {PART_SQL} ORDER BY project_id, checkpoint_id, id DESC) k
    WHERE k.result IN ('not_conform', 'partial') AND k.action <> '') due GROUP BY 1 ORDER BY 1
"""
NIGHTS_SQL = f"""
SELECT date_trunc('month', day), sum((figures->>'pending')::int), sum((figures->>'late')::int),
  sum((figures->>'overdue')::int)
FROM (SELECT DISTINCT ON (project_id, date_trunc('month', day)) project_id, day, figures FROM pmo_snapshot
  WHERE project_id IN {PART_SQL} AND day >= current_date - 365
  ORDER BY project_id, date_trunc('month', day), day DESC) last GROUP BY 1 ORDER BY 1
"""


@require_GET
def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """Return each project with its figures, pending work, the months and the nightly snapshots."""
    project = _visible(request, code)
    projects, waiting, due, months, nights = (
        read(asked, project) for asked in (PROJECTS_SQL, WAITING_SQL, DUE_SQL, MONTHS_SQL, NIGHTS_SQL)
    )
    rows = [(row, _needed(row[3], row[5])) for row in projects]
    return _page(
        "dashboard.html", project=project, rows=rows[:LISTED], waiting=waiting, due=due, months=months, nights=nights
    )


def read(asked: str, root: Project) -> list[tuple[Any, ...]]:
    """Execute a statement of the dashboard on `root` and its descendants."""
    with connection.cursor() as cursor:
        cursor.execute(asked, {"root": root.pk, "states": list(CANDIDATES)})
        return cursor.fetchall()


def _needed(content: Any, held: list[str]) -> tuple[int, int]:
    """Count the roles that the matrix requires, and the held ones."""
    roles = json.loads(content)["roles"] if content else []
    codes = {role["code"] for role in roles if role["mandatory"] == "true"}
    return len(codes), len(codes & set(held))


@require_GET
def dossier(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Return the proposal, its opinions, its decisions so far, and the form of the decider."""
    now = timezone.now()
    held = Mandate.objects.filter(project=OuterRef("project"), holder=request.user.pk, period__contains=now)
    files = Proposal.objects.filter(Exists(held)).select_related("project", "author", "current")
    proposal = get_object_or_404(files, pk=proposal_id)
    seats = list(proposal.project.mandates.filter(period__contains=now).select_related("holder", "role"))
    decides = any(seat.holder_id == request.user.pk and seat.authority == "decides" for seat in seats)
    decisions = proposal.decisions.select_related("revision").prefetch_related("conditions__lifted_by")
    return _page(
        "dossier.html",
        others=Proposal.objects.filter(project=proposal.project, state__in=[*ADVISED, *BACK, "ready_for_decision"])
        .exclude(pk=proposal.pk)
        .select_related("current")
        .order_by("-number")[:200],
        p=proposal,
        text=proposal.current,
        seats=seats,
        decisions=decisions.order_by("-number"),
        opinions=Opinion.objects.filter(revision=proposal.current),
        outcomes=Outcome.values,
        token=get_token(request) if decides and proposal.state == "ready_for_decision" else "",
    )


@require_POST
def decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Approve without conditions: lock, read, decide, move on, one event; history rows come with the models."""
    user: Any = request.user
    with transaction.atomic(), acting_as(user):
        project = Project.objects.select_for_update(of=("self",)).get(proposals=proposal_id)
        files = Proposal.objects.select_for_update(of=("self",)).select_related("current")
        proposal = files.get(pk=proposal_id)
        now = timezone.now()
        mandate = Mandate.objects.get(project=project, holder=user.pk, authority="decides", period__contains=now)
        revision = proposal.current
        if revision is None or revision.hash != request.POST["fingerprint"] or proposal.state != "ready_for_decision":
            return HttpResponse(status=409)
        number, parts = project.decisions.aggregate(last=Max("number"))["last"] or 0, read_parts(proposal)
        decision = Decision.objects.create(
            project=project,
            number=number + 1,
            proposal=proposal,
            revision=revision,
            revision_hash=revision.hash,
            file=build_file(revision, parts),
            seen=parts,
            outcome=request.POST["outcome"],
            reasons=request.POST["reasons"],
            decided_by=user,
            mandate=mandate,
            signature=user.name,
            acted_at=now,
        )
        proposal.state, proposal.state_since = "decided", now
        proposal.save()
        _append(project, user, proposal, decision)
    return HttpResponseRedirect(f"/proposals/{proposal_id}/")


def _append(project: Project, user: Any, proposal: Proposal, decision: Decision) -> None:
    head = read_head(project)
    told = {
        "version": VERSION,
        "project": str(project.pk),
        "seq": str(head.seq + 1),
        "act": "decide",
        "actor": str(user.key),
        "role": "",
        "at": instant(decision.acted_at),
        "entered": "",
        "proposal": str(proposal.pk),
        "detail": decision.outcome,
        "subject": "governance.decision",
        "subject_id": str(decision.pk),
        "facts": {"revision": decision.revision_hash, **decision.factors_told, **head.sealed},
        "prev": head.hash.hex(),
    }
    body = canonical(told)
    LedgerEvent.objects.create(
        project=project,
        seq=head.seq + 1,
        act="decide",
        actor=user,
        proposal=proposal,
        detail=decision.outcome,
        subject="governance.decision",
        subject_id=decision.pk,
        acted_at=decision.acted_at,
        prev=head.hash,
        body=body,
        hash=hashlib.sha256(DOMAIN + body).digest(),
    )
