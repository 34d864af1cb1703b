"""The strategy of a portfolio that is in force."""

from datetime import date

from governance.models import Effect
from projects.models import Project

#: Field of the effect of its approval, which holds its last day.
FIELD = "strategy"
#: SQL query: the last day of the newest strategy of the project `{project}`; empty once its approval is undone.
STRATEGY_IN_FORCE = """SELECT e.after FROM public.governance_effect e
        WHERE e.subject = 'projects.project' AND e.subject_id = {project} AND e.field = 'strategy'
        ORDER BY e.id DESC LIMIT 1"""


def find_strategy(project: Project, day: date) -> Effect | None:
    """Return the effect of the decision on the strategy that is valid on that day, if there is one."""
    effects = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk, field=FIELD)
    newest = effects.select_related("decision__project", "decision__revision").order_by("-pk").first()
    return newest if newest and newest.after >= day.isoformat() else None
