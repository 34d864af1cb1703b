"""Addresses of accounts: written in ASCII, and like no other one (ADR 52)."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext_lazy as _

from roles.accounts.models import User

NOT_ASCII = _("Enter an address without accents or letters of another alphabet. Such a domain begins with xn--.")
TAKEN = _("This address already has an account.")
LOOKS_TAKEN = _("This address looks like one that has an account. Enter another address.")


def address_skeleton(email: str) -> str:
    """Return what an address looks like, as `ouvrage_skeleton` does in SQL."""
    return email.lower().translate(str.maketrans("01|", "oll")).replace("rn", "m").replace("vv", "w")


def validate_address(email: str) -> None:
    """Raise ValidationError on a text that is no address, and on one with signs that may be taken for others."""
    if not email.isascii() or '"' in email:
        raise ValidationError(NOT_ASCII, code="not_ascii")
    validate_email(email)


def ensure_free(email: str, person: User | None = None) -> None:
    """Raise ValidationError ("email") unless an account, that of `person` or a new one, may have this address."""
    try:
        validate_address(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    others = User.objects.exclude(pk=person.pk) if person else User.objects.all()
    if others.filter(email__iexact=email).exists():
        raise ValidationError({"email": TAKEN}, code="taken")
    if others.annotate(seen=_skeleton(F("email"))).filter(seen=_skeleton(Value(email))).exists():
        raise ValidationError({"email": LOOKS_TAKEN}, code="looks_taken")


def _skeleton(address: F | Value) -> Func:
    return Func(address, function="public.ouvrage_skeleton", output_field=TextField())
