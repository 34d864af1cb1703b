"""Kinds of links between organisations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkKind(models.TextChoices):
    """How an organisation is linked to another one."""

    MEMBER = "member", _("belongs to the group")
    SUBCONTRACTOR = "subcontractor", _("is a subcontractor of")
