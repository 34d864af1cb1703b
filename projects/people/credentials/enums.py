"""Kinds of credentials, and how a person came by one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CredentialKind(models.TextChoices):
    """What proves a person, or the address where they are reached."""

    PASSWORD = "password", _("password")
    CODE_APP = "code_app", _("code of an app")
    PASSKEY = "passkey", _("passkey")
    RECOVERY_CODES = "recovery_codes", _("recovery codes")
    PROVIDER = "provider", _("identity provider")
    ADDRESS = "address", _("email address")


class Origin(models.TextChoices):
    """How the person came by a credential; it says when the credential counts."""

    FIRST = "first", pgettext_lazy("credential", "first one, with the account")
    EXCHANGED = "exchanged", pgettext_lazy("credential", "by its person, who gave the one before")
    MAILED = "mailed", pgettext_lazy("credential", "by a link sent to the address on file")
    MOVED = "moved", pgettext_lazy("credential", "confirmed from the new mailbox")
    ADDED = "added", pgettext_lazy("credential", "added in a session")


#: Kinds of which a person has one at a time: another one ends it.
SINGLE_KINDS = (
    CredentialKind.PASSWORD,
    CredentialKind.CODE_APP,
    CredentialKind.RECOVERY_CODES,
    CredentialKind.ADDRESS,
)
#: Kinds that are found again by an identifier of their own.
IDENTIFIED_KINDS = (CredentialKind.PASSKEY, CredentialKind.PROVIDER)
#: Kinds by which an account is begun, one of them.
BEGINNINGS = (CredentialKind.PASSWORD, CredentialKind.PROVIDER)
