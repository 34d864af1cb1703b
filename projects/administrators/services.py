"""Acts that give and end the rights of an administrator, in the chain of the organisation."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from roles.models import User


@act("projects.name_administrator")
def name_administrator(*, actor: User, person: User) -> User:
    """Make a person an administrator. Raises ValidationError for a closed account and for an administrator."""
    return _change(Act.NAME_ADMINISTRATOR, actor, person, is_staff=True)


@act("projects.end_administrator")
def end_administrator(*, actor: User, person: User) -> User:
    """End the rights of an administrator. Raises ValidationError for the actor, and for one who is none."""
    return _change(Act.END_ADMINISTRATOR, actor, person, is_staff=False)


def _change(act: Act, actor: User, person: User, *, is_staff: bool) -> User:
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=person.pk)
    if person == actor:
        raise ValidationError(_("Another administrator ends your rights."))
    if not person.is_active:
        raise ValidationError(_("This account is closed."))
    if person.is_staff == is_staff:
        raise ValidationError(_("Another administrator has just done this."))
    person.is_staff = is_staff
    person.save()
    record(act=act, actor=actor, project=chain, subject=person, person=person.key)
    return person
