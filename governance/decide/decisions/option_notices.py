"""What the notice of a decision says of the option taken: that it is another one than was recommended."""

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.models import SENTENCES, Notification


def describe_options(notices: Sequence[Notification]) -> Mapping[int, str]:
    """Map the notices of decisions that took another option than the recommended one to what they say."""
    said = {notice.pk: _describe(notice.event) for notice in notices if notice.event}
    return {number: words for number, words in said.items() if words}


def _describe(event: LedgerEvent) -> str:
    facts = json.loads(bytes(event.body))["facts"]
    if "instead_of" not in facts:
        return ""
    words = _("the owner has taken option %(taken)s of this proposal, where option %(recommended)s was recommended")
    return words % {"taken": facts["option"], "recommended": facts["instead_of"]}


SENTENCES[Reason.DECIDED] = describe_options
