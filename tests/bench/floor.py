"""The floor: the measured pages and the decision written by hand for their job alone, on the same tables.

Each view does what its job cannot do without: session and reader, whether this reader may see it, the rows, a bare
template. No rules, no form objects, no translation, no navigation, no notices. A page names the same dossiers and
decisions as the product's, which the bench checks; the guards of the database hold for the decision here as well.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template import Context, Engine
from django.test.utils import override_settings
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amoa.requirements.workflow import CANDIDATES
from core.acts import acting_as
from core.pages.lists.pages import SIZES
from core.record.sealing import canonical
from governance.decide.decisions.fingerprint import build_file, read_parts
from governance.decide.obligations.facts import Facts, load_facts
from governance.decide.obligations.queries import count_by_role, derive_obligations
from governance.decide.proposals.listing import SETTLED
from governance.desk.home import feed as home_feed
from governance.desk.home import views as home_page
from governance.desk.inbox import views as inbox_page
from governance.desk.inbox.folds import FEW, SEVERAL
from governance.desk.inbox.obligations import describe_duty, fold_points, list_open_duties
from governance.desk.inbox.weights import ROUTINE, URGENT, Scale
from governance.enums import Outcome
from governance.models import Decision, Opinion, Proposal
from projects.ledger.services import DOMAIN, VERSION, instant, read_head
from projects.models import Delegation, LedgerEvent, Mandate, Project
from roles.models import RoleTemplate

#: Rows of a page, as many as the product's pages have where these have no name for it.
ROWS, RECENT, NEXT, LISTED = SIZES[0], 10, 10, 60
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


def facts_of(project: Project) -> Facts:
    """Read a project again with the facts of its obligations; what follows from them is the product's own rule."""
    [facts] = load_facts(Project.objects.filter(pk=project.pk), timezone.now())
    return facts


def _heard(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return proposals.select_related("current").prefetch_related("current__opinions")


@require_GET
def proposal_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the submitted proposals of a project, the open ones first, the newest first."""
    project = _visible(request, code)
    is_over = Case(When(state__in=SETTLED, then=1), default=0)
    proposals = Proposal.objects.filter(project=project, current__isnull=False).order_by(is_over, "-number")
    rows = list(_heard(proposals).select_related("author", "current__decision")[: ROWS + 1])
    more = rows[ROWS - 1].number if len(rows) > ROWS else None
    return _page("proposal_list.html", project=project, rows=rows[:ROWS], more=more)


#: Tasks of an owner: (place of the kind, row, project, last day, code, title, since, title of the project).
TASKS_SQL = """
WITH mine AS (
  SELECT m.project_id, m.authority = 'decides' AS decides, m.authority = 'receives' AS receives,
    lower(m.period) AS since, m.accepted_at IS NOT NULL AS accepted, r.code AS role, p.prefix, p.code,
    p.title_fr, p.state, p.level, p.provider_gate, x.powers, x.content,
    p.state IN ('closed', 'abandoned', 'suspended') AS rests
  FROM projects_mandate m JOIN projects_project p ON p.id = m.project_id
  JOIN roles_roletemplate r ON r.id = m.role_id LEFT JOIN projects_matrix x ON x.id = p.matrix_id
  WHERE m.holder_id = %(reader)s AND NOT m.taken_back AND m.period @> now() AND NOT p.archived
    AND (%(project)s::bigint IS NULL OR p.id = %(project)s))
SELECT 0, w.id, o.project_id, v.decide_by, o.prefix || 'P-' || to_char(w.number, 'FM999900'), v.title, w.state_since,
  o.title_fr
FROM mine o JOIN governance_proposal w USING (project_id) JOIN governance_proposalrevision v ON v.id = w.current_id
WHERE o.decides AND NOT o.rests AND NOT w.writers @> ARRAY[%(reader)s::bigint]
  AND (w.state = 'ready_for_decision' OR w.state IN ('submitted', 'under_review') AND NOT EXISTS (
    SELECT FROM projects_mandate a JOIN roles_roletemplate r ON r.id = a.role_id
    JOIN roles_user u ON u.id = a.holder_id AND u.is_active
    WHERE a.project_id = w.project_id AND a.authority = 'advises' AND a.period @> now() AND NOT a.taken_back
      AND r.code = ANY (w.awaited_roles)))
UNION ALL
SELECT CASE c.proof WHEN '' THEN 3 ELSE 4 END, c.id, o.project_id, c.due_on,
  o.prefix || 'D-' || to_char(d.number, 'FM999900'), c.text, c.proved_at, o.title_fr
FROM mine o JOIN governance_decision d USING (project_id) JOIN governance_condition c ON c.decision_id = d.id
WHERE c.state = 'open' AND CASE c.proof WHEN '' THEN c.role = o.role ELSE o.decides END
  AND NOT EXISTS (SELECT FROM governance_decision n WHERE n.supersedes_id = d.id)
UNION ALL
SELECT 5, d.id, o.project_id, NULL, o.prefix || 'D-' || to_char(d.number, 'FM999900'), v.title, NULL, o.title_fr
FROM mine o JOIN governance_decision d USING (project_id) JOIN governance_proposalrevision v ON v.id = d.revision_id
JOIN governance_proposal w ON w.id = d.proposal_id AND w.state <> 'lapsed'
CROSS JOIN LATERAL (
  SELECT b.id FROM governance_sealbreak b WHERE b.decision_id = d.id ORDER BY b.id DESC LIMIT 1) changed
WHERE o.decides AND d.outcome NOT IN ('rework', 'deferred', 'merged')
  AND NOT EXISTS (SELECT FROM governance_decisionreview r WHERE r.change_id = changed.id)
  AND NOT EXISTS (SELECT FROM governance_decision n WHERE n.supersedes_id = d.id)
UNION ALL
SELECT 7, m.id, m.project_id, CASE WHEN m.accepted_at IS NULL THEN lower(m.period)::date END, r.code, r.name_fr,
  m.accepted_at, p.title_fr
FROM projects_mandate m JOIN roles_roletemplate r ON r.id = m.role_id JOIN projects_project p ON p.id = m.project_id
LEFT JOIN projects_matrix x ON x.id = p.matrix_id
LEFT JOIN LATERAL (
  SELECT h.matrix_id FROM projects_historicalproject h WHERE h.id = p.id AND h.history_date <= m.accepted_at
  ORDER BY h.history_date DESC, h.history_id DESC LIMIT 1) h ON true
LEFT JOIN projects_matrix y ON y.id = h.matrix_id AND y.id <> x.id
WHERE m.holder_id = %(reader)s AND NOT m.taken_back AND (upper(m.period) IS NULL OR upper(m.period) > now())
  AND (%(project)s::bigint IS NULL OR p.id = %(project)s)
  AND (m.accepted_at IS NULL OR y.id IS NOT NULL AND
    jsonb_path_query_array(x.content, '$.roles[*] ? (@.code == $code).duties', jsonb_build_object('code', r.code))
    <> jsonb_path_query_array(y.content, '$.roles[*] ? (@.code == $code).duties', jsonb_build_object('code', r.code)))
UNION ALL
SELECT 9, o.project_id, o.project_id, NULL, '', o.title_fr, NULL, o.title_fr
FROM mine o WHERE o.decides AND o.accepted AND o.state = 'draft' AND EXISTS (
  SELECT FROM jsonb_array_elements(o.content -> 'roles') r
  WHERE r ->> 'mandatory' = 'true' AND r ->> 'authority' <> 'decides'
    AND (r ->> 'authority' = 'advises' OR o.level = 'project')
    AND NOT (r ->> 'authority' = 'delivers' AND o.provider_gate <> '')
    AND NOT EXISTS (
      SELECT FROM projects_mandate h JOIN roles_roletemplate t ON t.id = h.role_id
      JOIN roles_user u ON u.id = h.holder_id AND u.is_active
      WHERE h.project_id = o.project_id AND NOT h.taken_back AND h.period @> now() AND t.code = r ->> 'code'))
UNION ALL
SELECT 10, g.id, o.project_id, upper(g.period)::date, '', u.name, NULL, o.title_fr
FROM mine o JOIN projects_mandate m ON m.project_id = o.project_id AND m.holder_id = %(reader)s
JOIN projects_delegation g ON g.mandate_id = m.id JOIN roles_user u ON u.id = g.delegate_id AND u.is_active
WHERE o.decides AND NOT o.rests AND NOT m.taken_back AND m.period @> now() AND g.period @> now()
  AND upper(g.period) <= now() + interval '30 days'
UNION ALL
SELECT 11, i.id, o.project_id, NULL, '', u.name || ' · ' || g.name, i.acted_at, o.title_fr
FROM mine o JOIN projects_interest i USING (project_id) JOIN roles_user u ON u.id = i.person_id
JOIN roles_organisation g ON g.id = i.organisation_id
WHERE o.decides AND NOT o.rests AND i.ruling = '' AND i.person_id <> %(reader)s
UNION ALL
SELECT 12, d.id, o.project_id, (d.acted_at + interval '30 days')::date,
  o.prefix || 'D-' || to_char(d.number, 'FM999900'), v.title, d.acted_at, o.title_fr
FROM mine o JOIN governance_decision d USING (project_id) JOIN governance_proposalrevision v ON v.id = d.revision_id
JOIN governance_proposal w ON w.id = d.proposal_id
WHERE NOT o.rests AND d.decided_by_id <> %(reader)s AND d.acted_at >= o.since
  AND d.acted_at >= now() - interval '30 days'
  AND jsonb_path_exists(
    o.powers -> o.role,
    CASE WHEN o.receives THEN '$.*[*] ? (@ == $kind)' ELSE '$.informed[*] ? (@ == $kind)' END::jsonpath,
    jsonb_build_object('kind', w.kind))
  AND NOT EXISTS (
    SELECT FROM governance_acknowledgement k WHERE k.decision_id = d.id AND k.reader_id = %(reader)s)
"""
#: Newest event and newest version of the projects of a person, by which their obligations are known.
VERSIONS_SQL = """
SELECT m.project_id, r.code, p.title_fr,
  (SELECT e.id FROM projects_ledgerevent e WHERE e.project_id = p.id ORDER BY e.seq DESC LIMIT 1) || '.' ||
  (SELECT h.history_id FROM projects_historicalproject h WHERE h.id = p.id ORDER BY h.history_id DESC LIMIT 1)
FROM projects_mandate m JOIN projects_project p ON p.id = m.project_id
JOIN roles_roletemplate r ON r.id = m.role_id
WHERE m.holder_id = %(reader)s AND NOT m.taken_back AND m.period @> now() AND NOT p.archived
  AND (%(project)s::bigint IS NULL OR p.id = %(project)s)
"""
#: Obligations follow all other kinds.
OBLIGATIONS = 99
#: Kinds that are a row each: to decide, to prove, to accept.
NAMED = frozenset((0, 3, 7))
#: The names by which the kinds are weighed, and the greatest weight of what is one row for several projects.
NAMES = {
    0: "decide",
    3: "conditions",
    4: "proofs",
    5: "reviews",
    7: "acceptances",
    9: "launches",
    10: "delegations",
    11: "interests",
    12: "readings",
    OBLIGATIONS: "obligations",
}
LIGHT = 50


def _list_tasks(reader: int, project: int | None = None) -> list[tuple[Any, ...]]:
    """List the tasks of an owner, on one project or on all, as rows of TASKS_SQL."""
    asked, today = {"reader": reader, "project": project}, timezone.localdate()
    tasks = execute(TASKS_SQL, asked)
    held = execute(VERSIONS_SQL, asked)
    open_ones = list_open_duties({pk: version for pk, _role, _title, version in held}, timezone.now(), today)
    for pk, role, title, _version in held:
        for duty in fold_points(duty for duty in open_ones[pk] if duty.oldest.role == role):
            oldest, row = duty.oldest, f"{pk}.{role}.{duty.oldest.duty.code}.{duty.oldest.key}"
            tasks.append((OBLIGATIONS, row, pk, oldest.due_on, *describe_duty(duty), None, title))
    return tasks


def _fold(tasks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put one row in place of many tasks of one kind, project and band, and of light ones of several projects."""
    light = {(task[0], task[3], task[5]) for task in tasks if -task[1] <= LIGHT}
    spread = Counter((band, kind) for band, kind, _project in light)
    keys = [
        (task[0], task[3], 0 if -task[1] <= LIGHT and spread[task[0], task[3]] >= SEVERAL else task[5])
        for task in tasks
    ]
    counts, rows, folded = Counter(keys), [], set()
    for task, key in zip(tasks, keys, strict=True):
        if task[3] in NAMED or (key[2] and counts[key] <= FEW):
            rows.append(task)
        elif key not in folded:
            folded.add(key)
            rows.append((*task[:7], "", str(counts[key]), *task[9:]))
    return rows


def _weigh(tasks: list[tuple[Any, ...]], today: date) -> list[tuple[Any, ...]]:
    """Put band, weight and last day before each task, and sort."""
    scale, weighed = Scale.of(today), []
    for task in tasks:
        number = scale.weigh(NAMES[task[0]], task[3]).number
        band = 0 if number >= URGENT else 2 if number <= ROUTINE else 1
        weighed.append((band, -number, task[3] or date.max, *task))
    return sorted(weighed, key=lambda task: (*task[:4], str(task[4]).zfill(12)))


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List an owner's tasks by weight with their counts, the proposals on the way, and recent decisions."""
    today, reader = timezone.localdate(), request.user.pk
    tasks = _weigh(_list_tasks(reader), today)
    shown = _fold(tasks)[: inbox_page.SIZE]
    held = Mandate.objects.filter(holder=reader, period__contains=timezone.now(), taken_back=False)
    on_its_way = Proposal.objects.filter(project__in=held.filter(authority="decides").values("project"))
    on_its_way = on_its_way.filter(state__in=ADVISED).select_related("project", "current")
    recent = Decision.objects.filter(project__in=held.values("project"))
    recent = recent.filter(acted_at__gte=timezone.now() - timedelta(days=30)).select_related("project", "revision")
    return _page(
        "inbox.html",
        counts=[Counter(task[place] for task in tasks).items() for place in (0, 3, 5)],
        groups=[(period, list(rows)) for period, rows in groupby(shown, lambda task: task[0])],
        on_its_way=on_its_way.order_by("current__decide_by", "pk")[: inbox_page.MOST],
        recent=recent.order_by("-acted_at")[:RECENT],
    )


#: Gaps at the gate, next milestone, weather and red risks of a project.
LEADING_SQL = """
SELECT
  (SELECT count(*) FROM pmo_standardcheckpoint c JOIN pmo_standardversion v ON v.id = c.version_id
    JOIN pmo_standard s ON s.id = v.standard_id
    LEFT JOIN LATERAL (
      SELECT k.result FROM pmo_conformitycheck k WHERE k.project_id = p.id AND k.checkpoint_id = c.id
      ORDER BY k.id DESC LIMIT 1) k ON true
    WHERE s.project_id IN (p.id, a.id, a.parent_id) AND v.state <> 'draft' AND v.effective_from <= %(today)s
      AND (v.effective_to IS NULL OR v.effective_to > %(today)s) AND p.level = ANY (v.levels)
      AND v.from_gate <= %(gate)s AND (k.result IS NULL OR k.result IN ('not_conform', 'partially_conform'))
      AND NOT EXISTS (SELECT FROM pmo_waiver w WHERE w.project_id = p.id AND c.id = ANY (w.checkpoints)
        AND %(today)s BETWEEN w.starts_on AND w.ends_on)),
  (SELECT m.forecast_on || ' ' || m.name FROM pmo_milestone m WHERE m.project_id = p.id AND m.actual_on IS NULL
    ORDER BY m.forecast_on, m.id LIMIT 1),
  (SELECT w.overall || ' ' || w.trend || ' ' || w.month FROM pmo_weatherreport w WHERE w.project_id = p.id
    ORDER BY w.month DESC, w.id DESC LIMIT 1),
  (SELECT count(*) FROM pmo_risk r WHERE r.project_id = p.id AND NOT r.opportunity
    AND r.status IN ('proposed', 'assessed', 'treated')
    AND coalesce(r.residual_likelihood * r.residual_impact, r.likelihood * r.impact) >= 15)
FROM projects_project p LEFT JOIN projects_project a ON a.id = p.parent_id WHERE p.id = %(project)s
"""
#: The decisions that gave the project its scope, end and budget.
TERMS_SQL = """
SELECT DISTINCT ON (e.field) e.field, d.number FROM governance_effect e
JOIN governance_decision d ON d.id = e.decision_id
WHERE e.subject = 'projects.project' AND e.subject_id = %(project)s AND e.field IN ('scope', 'ends_on', 'budget')
ORDER BY e.field, e.id DESC
"""
#: Names of what acts without a proposal are about, for those that a population enters most.
SUBJECTS_SQL = """
SELECT 'projects.mandate', m.id, r.code || ' ' || u.name FROM projects_mandate m
  JOIN roles_roletemplate r ON r.id = m.role_id JOIN roles_user u ON u.id = m.holder_id WHERE m.id = ANY (%(keys)s)
UNION ALL SELECT 'amoa.requirement', q.id, q.code || ' ' || q.title FROM amoa_requirement q WHERE q.id = ANY (%(keys)s)
UNION ALL SELECT 'pmo.risk', r.id, r.code || ' ' || r.title FROM pmo_risk r WHERE r.id = ANY (%(keys)s)
UNION ALL SELECT 'pmo.weatherreport', w.id, w.overall FROM pmo_weatherreport w WHERE w.id = ANY (%(keys)s)
UNION ALL SELECT 'pmo.conformitycheck', k.id, s.code || '.' || v.number || '#' || c.number
  FROM pmo_conformitycheck k JOIN pmo_standardcheckpoint c ON c.id = k.checkpoint_id
  JOIN pmo_standardversion v ON v.id = c.version_id JOIN pmo_standard s ON s.id = v.standard_id
  WHERE k.id = ANY (%(keys)s)
"""


def _list_acts(project: Project) -> list[tuple[LedgerEvent, int, list[str]]]:
    """List the last acts, those of one kind by one person in a row together: the newest, how many, and their names."""
    seen = Q(proposal__isnull=True) | Q(proposal__current__isnull=False)
    events = LedgerEvent.objects.filter(seen, project=project).exclude(act__in=("edit", "store_record"))
    events = events.select_related("actor", "proposal__current").order_by("-seq")[: home_feed.EVENTS]
    same = groupby(events, lambda event: (event.act, event.actor_id, event.role, event.proposal_id and event.seq))
    lines = [list(acts) for _key, acts in same][: home_feed.LINES]
    keys = [event.subject_id for acts in lines for event in acts[: home_feed.OPENED] if not event.proposal_id]
    names = {(model, pk): name for model, pk, name in execute(SUBJECTS_SQL, {"keys": keys})} if keys else {}
    return [
        (
            acts[0],
            len(acts),
            [names.get((event.subject, event.subject_id), "") for event in acts[: home_feed.OPENED]],
        )
        for acts in lines
    ]


@require_GET
def project_home(request: HttpRequest, code: str) -> HttpResponse:
    """Return figures, tasks, next decisions, last acts and role holders."""
    facts, now = facts_of(_visible(request, code)), timezone.now()
    project = facts.project
    files = Proposal.objects.filter(project=project, current__isnull=False)
    still = Q(conditions__state="open")
    answers = Decision.objects.filter(project=project).aggregate(
        decided=Count("pk", distinct=True),
        open=Count("conditions", filter=still),
        overdue=Count("conditions", filter=still & Q(conditions__due_on__lt=timezone.localdate())),
    )
    soonest = (Case(When(state__in=BACK, then=1), default=0), "current__decide_by", "pk")
    tasks = [task[3:] for task in _weigh(_list_tasks(request.user.pk, project.pk), timezone.localdate())]
    asked = {"project": project.pk, "gate": project.next_gate or ""}
    return _page(
        "project_home.html",
        project=project,
        leading=execute(LEADING_SQL, asked)[0],
        terms=execute(TERMS_SQL, asked),
        tasks=tasks[: home_page.MOST_TASKS],
        count=len(tasks),
        states=dict(files.values_list("state").annotate(Count("pk")).order_by()),
        answers=answers,
        next=_heard(files.filter(state__in=[*ADVISED, *BACK, "ready_for_decision"])).order_by(*soonest)[:NEXT],
        acts=_list_acts(project),
        roles=RoleTemplate.objects.filter(pack="fr", state="published").order_by("position"),
        seats=list(project.mandates.filter(period__contains=now).with_renewal().select_related("holder")),
        progress=count_by_role(derive_obligations(facts)),
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
        .order_by("-acted_at", "pk")[: ROWS + 1]
    )
    return _page(
        "register.html",
        project=project,
        rows=rows[:ROWS],
        more=rows[ROWS - 1].number if len(rows) > ROWS else None,
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
    WHERE d.project_id = p.id AND c.state = 'open' AND c.due_on < %(today)s),
  (SELECT count(*) FROM pmo_risk r WHERE r.project_id = p.id AND NOT r.opportunity
    AND r.status IN ('proposed', 'assessed', 'treated')
    AND coalesce(r.residual_likelihood * r.residual_impact, r.likelihood * r.impact) >= 15),
  q.musts, q.covered
FROM projects_project p
LEFT JOIN projects_project a ON a.id = p.parent_id
LEFT JOIN projects_matrix m ON m.id = p.matrix_id
CROSS JOIN LATERAL (
  SELECT count(*) AS pending, count(*) FILTER (WHERE v.decide_by < %(today)s) AS late, min(v.acted_at) AS since
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
SELECT role, count(*) FILTER (WHERE due_on < %(today)s), count(*) FROM (
  SELECT c.role, c.due_on FROM governance_condition c JOIN governance_decision d ON d.id = c.decision_id
    WHERE d.project_id IN {PART_SQL} AND c.state = 'open'
  UNION ALL SELECT role, due_on FROM governance_action WHERE project_id IN {PART_SQL} AND state = 'open'
  UNION ALL SELECT a.role, a.due_on FROM pmo_riskaction a JOIN pmo_risk r ON r.id = a.risk_id
    WHERE a.project_id IN {PART_SQL} AND a.done_on IS NULL AND r.status IN ('proposed', 'assessed', 'treated')
  UNION ALL SELECT k.action_role, k.action_due FROM (
    SELECT DISTINCT ON (project_id, checkpoint_id) * FROM pmo_conformitycheck
    WHERE project_id IN {PART_SQL} ORDER BY project_id, checkpoint_id, id DESC) k
    WHERE k.result IN ('not_conform', 'partially_conform') AND k.action <> '') due GROUP BY 1 ORDER BY 1
"""
NIGHTS_SQL = f"""
SELECT date_trunc('month', day), sum((figures->>'pending')::int), sum((figures->>'late')::int),
  sum((figures->>'overdue')::int)
FROM (SELECT DISTINCT ON (project_id, date_trunc('month', day)) project_id, day, figures FROM pmo_snapshot
  WHERE project_id IN {PART_SQL} AND day >= %(today)s - 365
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
    return execute(asked, {"root": root.pk, "states": list(CANDIDATES)})


def execute(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement with these values, and the day of the readers as `today`, and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"today": timezone.localdate()})
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
            option=request.POST["option"],
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
        "facts": {"revision": decision.revision_hash, **decision.option_told, **decision.factors_told, **head.sealed},
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
