"""What a person typed into a form and did not send."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.record.encryption import decrypt, encrypt

#: Bytes of the fields, and characters of the same encrypted.
LARGEST, LONGEST = 300_000, 401_000
PURPOSE = "form drafts"


class FormDraft(models.Model):
    """The fields of one form as its person left them, encrypted. It is no record: it is erased once the form is sent.

    `form` is the path to which the form is sent, which names its object. `page` is the token of the page on which the
    text was typed.
    """

    REPEATS = ("*",)

    account: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_constraint=False,  # saving locks no account; accounts are never deleted
        related_name="+",
        verbose_name=_("account"),
    )
    form = models.CharField(max_length=300)
    page = models.CharField(max_length=32)
    body = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "form"], name="one_draft_per_person_and_form"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("body"), LONGEST), name="a_draft_is_bounded"),
        ]

    def __str__(self) -> str:
        return self.form

    @cached_property
    def fields(self) -> QueryDict:
        """Return the fields as they were posted; empty when the key of the installation has changed since."""
        fields = QueryDict(mutable=True)
        for name, values in json.loads(decrypt(self.body, PURPOSE) or "{}").items():
            fields.setlist(name, values)
        return fields


def write_fields(fields: Mapping[str, list[str]]) -> str:
    """Return the fields of a draft as they are stored. Raises ValueError when they are too large."""
    plain = json.dumps(fields, ensure_ascii=False)
    if len(plain.encode()) > LARGEST:
        raise ValueError("The draft is too large.")
    return encrypt(plain, PURPOSE)
