"""Write the PMO's records of a populated project: risks with ratings, conformity checks, weather.

The rows are those the services write (pmo/registers/risks, conformity, weather), each with its event.
"""

from datetime import date, datetime, timedelta

from demo.population.bulk import Written
from demo.population.files import Writer
from demo.population.projects import Place
from pmo.enums import Act
from pmo.models import ConformityCheck, Risk, RiskRating, RiskReview, WeatherReport
from pmo.registers.risks.enums import DEFAULT, Category, Proximity, Rated, Response, RiskStatus
from pmo.registers.risks.models import rating_facts
from pmo.registers.weather.enums import Sky, trend, worst_sky
from pmo.standards.conformity.due import due_checkpoints
from pmo.standards.conformity.enums import Result
from projects.models import Project

#: Risks per project, and the percentages that are treated, then closed, and reviewed lately.
RISKS, TREATED, CLOSED, REVIEWED = 8, 70, 15, 60
#: Checks date from the last month, when the parent's library is in force; percentage of checkpoints with one.
LATELY, CHECKED = timedelta(days=30), 75
RESULTS = [Result.CONFORM] * 7 + [Result.NOT_CONFORM] * 2 + [Result.PARTIALLY_CONFORM, Result.NOT_APPLICABLE]
MONTHS = 6
SKIES = [Sky.SUNNY] * 6 + [Sky.CLOUDY] * 3 + [Sky.STORMY]


def risks_of(place: Place, writer: Writer, _count: int) -> None:
    """Write risks raised by any role; most are rated again by an adviser, some closed, many reviewed lately."""
    rng, bulk, raisers = place.rng, writer.bulk, sorted(place.seats)
    risks = [
        _risk(place, writer, key, number, rng.choice(raisers)) for number, key in enumerate(bulk.keys(Risk, RISKS), 1)
    ]
    bulk.insert(Risk, [Written(risk, risk.raised_at, risk.raised_by_id) for risk in risks])
    bulk.insert(
        RiskRating, [_rating(risk, Rated.INITIAL, risk.raised_at, risk.raised_by_role, place) for risk in risks]
    )
    for risk in risks:
        writer.add_event(
            risk.raised_at, Act.RAISE_RISK, risk.raised_by, risk.raised_by_role, risk, risk.code, **rating_facts(risk)
        )
    treated = [risk for risk in risks if rng.randrange(100) < TREATED]
    _assess(place, writer, treated, timedelta(days=9), RiskStatus.TREATED)
    _assess(
        place, writer, [risk for risk in treated if rng.randrange(100) < CLOSED], timedelta(days=20), RiskStatus.CLOSED
    )
    _review(place, writer, [risk for risk in risks if risk.is_open and rng.randrange(100) < REVIEWED])


def _risk(place: Place, writer: Writer, key: int, number: int, role: str) -> Risk:
    rng, span = place.rng, writer.now - place.since - timedelta(days=25)
    return Risk(
        pk=key,
        project=place.project,
        code=f"{place.project.prefix}R-{number}",
        title=f"Retard du lot {number}",
        cause="Le fournisseur n’a qu’une équipe.",
        event="L’équipe est prise ailleurs.",
        effect="Le lot attend.",
        category=rng.choice(Category.values),
        proximity=rng.choice(Proximity.values),
        owner_role="PMO",
        raised_by=place.seats[role].holder,
        raised_by_role=role,
        raised_at=place.since + span * rng.uniform(0, 1),
        likelihood=rng.randint(1, DEFAULT.size),
        impact=rng.randint(1, DEFAULT.size),
        review_on=writer.now.date() + timedelta(days=rng.randint(-20, 40)),
    )


def _rating(risk: Risk, kind: Rated, at: datetime, role: str, place: Place) -> Written:
    likelihood, impact = (risk.likelihood, risk.impact) if kind == Rated.INITIAL else risk.rating
    by = place.seats[role].holder
    row = RiskRating(
        project=place.project, risk=risk, kind=kind, likelihood=likelihood, impact=impact, by=by, role=role, acted_at=at
    )
    return Written(row, at, by.pk)


def _assess(place: Place, writer: Writer, risks: list[Risk], after: timedelta, status: RiskStatus) -> None:
    """Assess risks some days later: treated with a residual rating, or closed unchanged."""
    rows, ratings = [], []
    for risk in risks:
        at, role = risk.raised_at + after, place.rng.choice(("AMOA", "PMO"))
        risk.status = status
        if status == RiskStatus.TREATED:
            risk.response = Response.REDUCE
            risk.residual_likelihood = place.rng.randint(1, risk.likelihood)
            risk.residual_impact = place.rng.randint(1, risk.impact)
            ratings.append(_rating(risk, Rated.RESIDUAL, at, role, place))
        actor = place.seats[role].holder
        rows.append(Written(risk, at, actor.pk))
        writer.add_event(at, Act.ASSESS_RISK, actor, role, risk, status, **rating_facts(risk))
    writer.bulk.update(Risk, rows, "status", "response", "residual_likelihood", "residual_impact")
    writer.bulk.insert(RiskRating, ratings)


def _review(place: Place, writer: Writer, risks: list[Risk]) -> None:
    """Write the monthly review of the register."""
    if not risks:
        return
    pmo, at = place.seats["PMO"].holder, writer.now - timedelta(days=2, hours=place.rng.randint(1, 400))
    for risk in risks:
        risk.reviewed_on = at.date()
    writer.bulk.update(Risk, [Written(risk, at, pmo.pk) for risk in risks], "reviewed_on")
    keys = writer.bulk.keys(RiskReview, len(risks))
    rows = [
        RiskReview(pk=pk, project=place.project, risk=risk, by=pmo, role="PMO", acted_at=at)
        for pk, risk in zip(keys, risks, strict=True)
    ]
    writer.bulk.insert(RiskReview, [Written(row, at, pmo.pk) for row in rows])
    codes = ",".join(risk.code for risk in risks)
    writer.add_event(at, Act.REVIEW_RISKS, pmo, "PMO", rows[-1], str(len(risks)), risks=codes)


def checks_of(place: Place, writer: Writer, _count: int) -> None:
    """Write recent checks of the PMO at due checkpoints that are not automatic."""
    project = Project.objects.select_related("parent").get(pk=place.project.pk)
    pmo, rng = place.seats["PMO"].holder, place.rng
    due = [
        checkpoint
        for checkpoint in due_checkpoints(project, project.next_gate, writer.now - LATELY)
        if not checkpoint.computed
    ]
    rows = []
    for checkpoint in due:
        if rng.randrange(100) < CHECKED:
            at, result = writer.now - LATELY * rng.uniform(0.05, 0.95), rng.choice(RESULTS)
            todo = {"action": "Compléter.", "action_role": "PMO", "action_due": at.date() + timedelta(days=30)}
            row = ConformityCheck(
                project=project,
                checkpoint=checkpoint,
                result=result,
                finding="Vu en revue.",
                checker=pmo,
                acted_at=at,
                **(todo if result == Result.NOT_CONFORM else {}),
            )
            rows.append(row)
    for key, row in zip(writer.bulk.keys(ConformityCheck, len(rows)), rows, strict=True):
        row.pk = key
        facts = {"checkpoint": row.checkpoint_id}
        writer.add_event(row.acted_at, Act.CHECK_CONFORMITY, pmo, "PMO", row, row.result, **facts)
    writer.bulk.insert(ConformityCheck, [Written(row, row.acted_at, pmo.pk) for row in rows])


def weather_of(place: Place, writer: Writer, _count: int) -> None:
    """Write the weather of the last months, each compared with the month before."""
    pmo, rng, before = place.seats["PMO"].holder, place.rng, ""
    days = [at for at in _months(writer.now) if at > place.since]
    reports = []
    for key, at in zip(writer.bulk.keys(WeatherReport, len(days)), days, strict=True):
        skies = {name: str(rng.choice(SKIES)) for name in ("delay", "cost", "scope", "risk")}
        overall = worst_sky(list(skies.values()))
        reports.append(
            WeatherReport(
                pk=key,
                project=place.project,
                month=date(at.year, at.month, 1),
                **skies,
                computed=overall,
                overall=overall,
                trend=trend(before, overall),
                comment="Le lot 2 est suivi chaque semaine.",
                facts={},
                published_by=pmo,
                acted_at=at,
            )
        )
        before = overall
        writer.add_event(at, Act.PUBLISH_WEATHER, pmo, "PMO", reports[-1], overall, month=reports[-1].month)
    writer.bulk.insert(WeatherReport, [Written(row, row.acted_at, pmo.pk) for row in reports])


def _months(now: datetime) -> list[datetime]:
    """Return the third day of each of the last months, oldest first."""
    day = now.replace(day=3, hour=9)
    days = []
    for _month in range(MONTHS):
        if day < now:
            days.append(day)
        day = (day - timedelta(days=5)).replace(day=3)
    return days[::-1]
