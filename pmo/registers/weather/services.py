"""Act of publishing the weather; an override of the computed sky needs a reason."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.record.meaning import is_meaningful
from pmo.enums import Act
from pmo.registers.weather.calculation import compute_weather
from pmo.registers.weather.enums import trend
from pmo.registers.weather.models import WeatherReport
from projects.enums import Level
from projects.models import Project
from projects.seats.mandates.events import record_in_role
from roles.models import User


@act("pmo.publish_weather", on="project")
def publish_weather(
    *, actor: User, project: Project, comment: str, overall: str = "", reason: str = ""
) -> WeatherReport:
    """Publish the weather of the month of the act; a later report of the month corrects it.

    `comment` answers “which effect, which action?”. `overall` defaults to the computed sky. Raise ValidationError
    without a comment ("comment"), without any sky ("overall"), and on an override without a `reason` ("reason").
    """
    if project.level == Level.PORTFOLIO:
        raise ValidationError(_("A portfolio has no weather: its state is counted."))
    computed = compute_weather(project)
    overall = overall or computed.overall
    if not comment:
        raise ValidationError({"comment": _("Describe the effect and the action.")})
    if not overall:
        raise ValidationError({"overall": _("Nothing could be computed. Select the weather and enter your reasons.")})
    if overall != computed.overall and not is_meaningful(reason):
        raise ValidationError({"reason": _("Enter why it differs from the computed weather.")})
    month = localtime(act_time()).date().replace(day=1)
    report = WeatherReport.objects.create(
        project=project,
        month=month,
        **computed.skies(),
        computed=computed.overall,
        overall=overall,
        reason=reason if overall != computed.overall else "",
        trend=trend(_previous_sky(project, month), overall),
        comment=comment,
        facts=computed.facts(),
        published_by=actor,
        acted_at=act_time(),
    )
    record_in_role(Act.PUBLISH_WEATHER, report, detail=overall, month=month)
    return report


def _previous_sky(project: Project, month: date) -> str:
    """Return the sky of the previous month with a report; empty without one."""
    rows = project.weather.filter(month__lt=month).order_by("-month", "-pk")
    return rows.values_list("overall", flat=True).first() or ""
