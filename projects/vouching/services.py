"""Acts: ask somebody to vouch for a new credential, and vouch. Their events are in the organisation's chain."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from projects.credentials.holds import find_hold
from projects.credentials.models import Credential
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.notices.models import Reason
from projects.notices.services import notify
from projects.notices.subjects import Account
from projects.vouching.enums import ADMINISTRATORS, Capacity
from projects.vouching.models import Vouch
from projects.vouching.queries import find_capacity, list_vouchers
from projects.vouching.subjects import VouchPage
from roles.models import User


@open_act
def ask_vouch(*, actor: User) -> list[Credential]:
    """Ask whoever may to vouch for the credentials of the actor that wait. Raises ValidationError when none does."""
    chain = lock_organisation()
    hold = find_hold(actor.pk)
    waiting = [credential for credential in hold.waiting if credential.asked_at is None] if hold else []
    if not waiting:
        raise ValidationError(_("You have no pending credential, or you have asked already."))
    for credential in waiting:
        credential.asked_at = act_time()
        credential.save()
        event = record(
            act=Act.ASK_VOUCH,
            actor=actor,
            project=chain,
            subject=credential,
            detail=credential.kind,
            person=actor.key,
        )
        about = VouchPage(credential)
        notify(event=event, reason=Reason.VOUCH_ASKED, about=about, people=list_vouchers(credential))
    return waiting


@act("projects.vouch", on="credential")
def vouch(*, actor: User, credential: Credential) -> Vouch:
    """Vouch for a credential; the owner above, or the second administrator, makes it count at once.

    A confirmation from the mailbox that is missing stays missing.
    """
    chain = lock_organisation()
    capacity = find_capacity(actor, credential) or ""
    given = Vouch.objects.create(credential=credential, voucher=actor, capacity=capacity, acted_at=act_time())
    enough = capacity == Capacity.ABOVE or credential.vouches.filter(capacity=capacity).count() >= ADMINISTRATORS
    facts: dict[str, Any] = {"detail": capacity, "person": credential.person.key, "counts": "yes" if enough else ""}
    if enough:
        credential.vouched_at = act_time()
        credential.save()
        record(act=Act.VOUCH, actor=actor, project=chain, subject=credential, **facts)
    event = record(act=Act.VOUCH, actor=actor, project=chain, subject=given, credential=credential.pk, **facts)
    notify(event=event, reason=Reason.VOUCHED, about=Account(), people=[credential.person])
    return given
