"""Calendars of public holidays, kinds of sign-in providers, and of whom a second factor is required."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Holidays(models.TextChoices):
    """Days without work besides Saturdays and Sundays."""

    FRANCE = "france", _("public holidays of France")
    NONE = "none", _("no public holidays")
    OWN = "own", _("dates of the organisation")


class ProviderKind(models.TextChoices):
    """Whom people of the organisation may sign in with; ProConnect differs from others."""

    OPENID_CONNECT = "openid_connect", "OpenID Connect"
    PROCONNECT = "proconnect", "ProConnect"


class SecondFactor(models.TextChoices):
    """Who has to have a passkey or a code app to sign in."""

    NOBODY = "nobody", pgettext_lazy("second factor", "no account")
    DECIDERS = "deciders", _("owners, their delegates and administrators")
    EVERYBODY = "everybody", _("all role holders, and administrators")
