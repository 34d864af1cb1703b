"""Saved views of lists."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_QUERY = 2_000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def offered_to(self, person: Any, path: str) -> Self:
        """Filter the views of the list at `path` that are the person's own, or shared with its readers."""
        return self.filter(Q(person=person) | Q(shared=True), path=path).select_related("person")


class SavedView(models.Model):
    """A list as its query string shows it, under a name. It is no record: its author renames and deletes it.

    A shared view is offered to everybody who may open the list.
    """

    person: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_constraint=False,  # accounts are never deleted
        related_name="+",
        verbose_name=_("person"),
    )
    path = models.CharField(_("address of the list"), max_length=200)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query string"), max_length=LONGEST_QUERY, blank=True)
    shared = models.BooleanField(_("shared"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        indexes = (models.Index(fields=["path"], name="saved_view_by_path"),)
        constraints = (
            models.UniqueConstraint(fields=["person", "path", "name"], name="one_saved_view_per_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(path=""), name="a_saved_view_has_a_name_and_a_list"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """Return the address that the view opens."""
        return f"{self.path}?{self.query}" if self.query else self.path
