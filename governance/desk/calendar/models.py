"""Addresses of personal calendars, which calendar clients read without signing in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roles.models import User


class CalendarFeed(models.Model):
    """The address of the calendar of `person`, until they end it or make another one.

    Its secret follows from `nonce`, from the password of the person and from the key of the server, none of which
    tells it alone.
    """

    IS_SEALED = False

    person = models.OneToOneField(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    nonce = models.CharField(_("part of its secret"), max_length=43)
    made_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")

    def __str__(self) -> str:
        return str(self.person_id)
