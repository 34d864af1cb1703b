"""Test that the database takes no hidden character, in no column of no table in which people write, from no role."""

from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from core.acts import acting_as, open_act
from core.pages.refusals.middleware import RefusalMiddleware
from core.words.visible_texts import EVERYTHING, NAME, WORDS, HiddenText, watched_columns
from pmo.models import StandardVersion
from pmo.standards.standards.effects import copy_version
from roles.models import Organisation
from tests.attacks import switch
from tests.database import OWNER, RUNTIME, disabled, our_models, owning, refusal, run, triggers

pytestmark = pytest.mark.django_db

WATCHED = {model: watched_columns(model) for model in our_models() if watched_columns(model)}


def _texts(model: type[models.Model]) -> list[Any]:
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    return [field for field in model._meta.local_concrete_fields if isinstance(field, kinds)]


def _others(model: type[models.Model]) -> list[str]:
    """List the other triggers of the table, which would refuse first."""
    names = [name.partition(".")[2] for name, (of, _trigger) in triggers().items() if of is model]
    return [switch(name) for name in names if not name.endswith(f".{NAME}")]


def _value(field: Any) -> str:
    """Return SQL for a value with a mark that turns the text; it fits into the shortest column."""
    turned = "chr(8238)"
    if isinstance(field, models.JSONField):
        return f"jsonb_build_object('x', jsonb_build_array({turned}))"
    return f"ARRAY[{turned}]" if isinstance(field, ArrayField) else turned


def test_every_table_in_which_people_write_has_the_trigger() -> None:
    installed = {of for name, (of, _trigger) in triggers().items() if name.endswith(f".{NAME}")}
    assert installed == {*WATCHED}
    assert len(WATCHED) > 60


def test_a_text_is_judged_chosen_or_repeats_what_another_row_says() -> None:
    for model in our_models():
        if hasattr(model, "history_object"):
            continue
        repeats = getattr(model, "REPEATS", ())
        texts = {field.name: field for field in _texts(model)}
        assert repeats == EVERYTHING or {*repeats} <= {*texts}, model
        for name, field in texts.items():
            judged = field.column in watched_columns(model)
            is_text = not isinstance(field, ArrayField) or isinstance(field.base_field, models.CharField)
            assert judged or not is_text or field.choices or name in repeats or repeats == EVERYTHING, (model, name)


@pytest.mark.parametrize("model", WATCHED, ids=lambda model: model.__name__)
def test_no_column_takes_a_hidden_character_and_each_does_without_the_trigger(model: Any) -> None:
    """What the row lacks else is refused afterwards: a trigger before the row comes first."""
    others, mine = _others(model), switch(f"{model._meta.model_name}.{NAME}")
    for field in [field for field in _texts(model) if field.column in WATCHED[model]]:

        def write(field: Any = field) -> None:
            run(f'INSERT INTO {model._meta.db_table} ("{field.column}") VALUES ({_value(field)})')

        assert WORDS in refusal(write, role=OWNER, without=others), field
        assert WORDS not in refusal(write, role=OWNER, without=[*others, mine]), field


def test_the_role_of_the_application_is_refused_and_an_old_row_changes_in_the_rest(staff_admin: Any) -> None:
    with acting_as(staff_admin):
        organisation = Organisation.objects.create(name="Port autonome")
    table = Organisation._meta.db_table
    turn = f"UPDATE {table} SET name = name || chr(8238) WHERE id = {organisation.pk}"
    assert WORDS in refusal(lambda: run(turn), role=RUNTIME)
    assert WORDS in refusal(lambda: run(f"INSERT INTO {table} (name) VALUES ('a' || chr(7))"), role=RUNTIME)
    with disabled([switch(f"organisation.{NAME}")]):
        run(turn)
        with owning():
            run(f'ALTER TABLE {table} ENABLE TRIGGER "{switch(f"organisation.{NAME}").partition(" ")[0]}"')
        assert refusal(lambda: run(f"UPDATE {table} SET name = name WHERE id = {organisation.pk}")) == ""
        assert WORDS in refusal(lambda: run(turn))


def test_an_act_answers_on_the_field(staff_admin: Any) -> None:
    """A service that no form comes before: what the database refuses is the error of a field."""

    @open_act
    def found(*, actor: Any, name: str) -> Organisation:
        return Organisation.objects.create(name=name)

    with pytest.raises(ValidationError) as refused:
        found(actor=staff_admin, name="Port\u202eautonome")
    assert set(refused.value.message_dict) == {"name"}
    assert not Organisation.objects.filter(name__startswith="Port\u202e").exists()


def test_the_next_version_of_a_standard_from_before_is_spelled_out(pmo: Any) -> None:
    """One in force cannot be corrected."""
    version = StandardVersion.objects.earliest("pk")
    name, table = switch(f"standardversion.{NAME}").split(" ON ")
    with disabled([*_others(StandardVersion), f"{name} ON {table}"]), acting_as(pmo):
        run(f"UPDATE {table} SET purpose_fr = 'a' || chr(8238) || 'b' WHERE id = {version.pk}")
        with owning():
            run(f'ALTER TABLE {table} ENABLE TRIGGER "{name}"')
        version.refresh_from_db()
        assert copy_version(version).purpose_fr == "a[U+202E]b"


def test_a_refusal_that_no_form_shows_is_a_page(staff_admin: Any, rf: Any) -> None:
    request = rf.post("/")
    request.user, request.resolver_match = staff_admin, None
    request.session = {}
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, HiddenText({"name": "x"}))  # type: ignore[arg-type,return-value]
    assert answer is not None
    assert answer.status_code == 409
