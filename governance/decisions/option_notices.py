"""What the notice of a decision says of the option taken: that it is another one than was recommended."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from governance.decisions.models import Decision
from projects.notices.models import SENTENCES, Notification, Reason


def describe_options(notices: Sequence[Notification]) -> Mapping[int, str]:
    """Map the notices of decisions that took another option than the recommended one to what they say. One query."""
    subjects = {notice.pk: notice.event.subject_id for notice in notices if notice.event}
    decisions = Decision.objects.filter(pk__in=set(subjects.values())).exclude(option="").select_related("revision")
    said = {decision.pk: _describe(decision) for decision in decisions if not decision.is_as_recommended}
    return {number: said[subject] for number, subject in subjects.items() if subject in said}


def _describe(decision: Decision) -> str:
    words = _("the owner has taken option %(taken)s of this proposal, where option %(recommended)s was recommended")
    return words % {"taken": decision.option, "recommended": decision.revision.recommended}


SENTENCES[Reason.DECIDED] = describe_options
