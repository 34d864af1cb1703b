"""Rows that a passkey of their signatory may sign."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.record.sealing import SealedModel
from projects.people.credentials.models import Credential


class SignableModel(SealedModel):
    """Abstract sealed row with the signature of a passkey, if it has one.

    `assertion` is the signature of the `passkey`, in hexadecimal: challenge, public_key, client_data,
    authenticator_data, signature (governance.decide.signing.signatures).
    """

    passkey = models.ForeignKey(
        Credential, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("signed with")
    )
    assertion = models.JSONField(_("signature of the passkey"), default=dict, db_default={}, blank=True)

    class Meta:
        abstract = True

    def signed_context(self) -> dict[str, str]:
        """Return what a signature covers beside the sealed content: by whom, on what."""
        raise NotImplementedError
