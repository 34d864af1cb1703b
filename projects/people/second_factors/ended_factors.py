"""Whether second factors end when a person chooses a password by a mailed link: an administrator has it say so."""

from datetime import timedelta

from django.conf import settings

from core.acts import act_time
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from roles.models import User

#: Detail of the event of such a link.
FACTORS_TOO = "factors"


def ends_factors(person: User) -> bool:
    """Return whether the last link that an administrator had sent says so, works still, and was not used."""
    since = act_time() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    events = LedgerEvent.objects.filter(subject=User._meta.label_lower, subject_id=person.pk, acted_at__gt=since)
    last = events.filter(act__in=(Act.SEND_RESET, Act.CHANGE_PASSWORD)).order_by("-pk").first()
    return last is not None and last.act == Act.SEND_RESET and last.detail == FACTORS_TOO
