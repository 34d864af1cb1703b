"""Lessons learned on a project, searchable from every other project (retour d'expérience)."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Func, JSONField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from core.history import History, never_deleted, protect_history
from pmo.registers.lessons.enums import Family
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRowQuerySet, stays_on_its_project
from roles.models import User


class LessonQuerySet(ProjectRowQuerySet["LessonLearned"]):
    def matching(self, words: str) -> Self:
        """Search the text in French and in English, ignoring accents and endings."""
        condition = Q()
        for config in ("public.ouvrage_fr", "public.ouvrage_en"):
            condition |= Q(words=SearchQuery(words, config=config, search_type="websearch"))
        return self.filter(condition)


class LessonLearned(models.Model):
    """Lesson learned on a project; any role holder may add one."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="lessons", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    family = models.CharField(_("family"), max_length=12, choices=Family, default=Family.OTHER)
    context = models.TextField(_("context"), blank=True)
    lesson = models.TextField(_("lesson"))
    recommendation = models.TextField(_("recommendation"), blank=True)
    raised_by_role = models.CharField(_("raised by role"), max_length=10)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_at = models.DateTimeField(_("raised"))
    words = models.GeneratedField(
        expression=Func(
            Value(""),
            "title",
            "context",
            "lesson",
            "recommendation",
            Cast(Value("[]"), JSONField()),
            function="public.ouvrage_words",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = LessonQuerySet.as_manager()
    history = History(excluded_fields=["words"])

    class Meta:
        verbose_name = _("lesson learned")
        verbose_name_plural = _("lessons learned")
        indexes = (GinIndex(fields=["words"], name="lesson_words"),)
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_lesson_per_number"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(lesson=""), name="a_lesson_has_a_title_and_says_it"),
            models.CheckConstraint(condition=Q(family__in=Family.values), name="a_lesson_has_a_known_family"),
        )
        triggers = [
            *never_deleted("A lesson"),
            stays_on_its_project("number", "raised_by_role", "raised_by_id", "raised_at"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.title


protect_history(LessonLearned)
