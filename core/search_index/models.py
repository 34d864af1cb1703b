"""The search index: one row for each row that a register declares searchable (core/search_index/sources.py)."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Left

#: Characters of a text that are compared with a word that was mistyped; the whole text is searched.
COMPARED = 200
SPACE = Value(" ")


class SearchText(models.Model):
    """What is found of a row of a register. Derived by triggers: no record, and written by nothing else.

    `source` and `row` name the row, `page` is the key in the address of its page. `project` is the key of its project,
    empty for people and organisations. Only holders of `role` on it read a row that names one. `title_en` is there
    where a title has two languages.
    """

    #: What it repeats was judged where it was written.
    REPEATS = ("*",)

    source = models.CharField(max_length=20)
    row = models.BigIntegerField()
    page = models.BigIntegerField()
    project = models.BigIntegerField(null=True)
    role = models.CharField(max_length=30, blank=True)
    code = models.CharField(max_length=60, blank=True)
    title = models.TextField()
    title_en = models.TextField(blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=30, blank=True)
    at = models.DateTimeField(null=True)
    key = models.GeneratedField(
        expression=Func("code", function="public.ouvrage_search_key", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    words = models.GeneratedField(
        expression=Func(
            Concat("code", SPACE, "title", SPACE, "title_en", output_field=models.TextField()),
            "body",
            function="public.ouvrage_search_words",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    plain = models.GeneratedField(
        expression=Func(
            Concat("title", SPACE, "title_en", SPACE, Left("body", COMPARED), output_field=models.TextField()),
            function="public.ouvrage_plain",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        indexes = (
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(OpClass(F("plain"), name="gin_trgm_ops"), name="search_trigrams"),
            models.Index(OpClass(F("key"), name="text_pattern_ops"), condition=~Q(code=""), name="search_keys"),
            models.Index(fields=["project", "-at"], name="search_newest"),
        )
        constraints = (models.UniqueConstraint(fields=["source", "row"], name="one_searchable_text_per_row"),)

    def __str__(self) -> str:
        return f"{self.source} {self.row}"
