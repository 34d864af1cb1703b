"""Test that every reason says something: in each column that keeps one, and as the error of its field."""

import re
from typing import Any

import pytest
from django.db import models
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.acts import act_time, open_act
from core.pages.refusals.middleware import RefusalMiddleware
from core.record.meaning import NAME, WORDS, Meaningless, is_meaningful
from pmo.models import Milestone, MilestoneForecast
from tests.attacks import switch
from tests.database import OWNER, our_models, refusal, run, triggers

pytestmark = pytest.mark.django_db

#: Tables with the trigger, and the columns it judges.
JUDGED = {
    model: sorted(set(re.findall(r'NEW\."(\w+)" <> \'\'', trigger.func)))
    for name, (model, trigger) in triggers().items()
    if name.endswith(f".{NAME}")
}
#: Names of columns that keep somebody's reason.
REASON = re.compile(r"reasons?|(\w+_)?because|why|why_not|words|tie|correction|finding|comment|proof")
#: Those that another trigger judges, with its name.
ELSEWHERE = {
    "replacement.because": "is_asked_as_things_stand",
    "replacement.seconded_because": "goes_on_as_it_was_asked",
    "replacement.reproposed_because": "goes_on_as_it_was_asked",
    "replacement.reseconded_because": "goes_on_as_it_was_asked",
    "vouch.words": "",
    "move.because": "",
    "carryover.declined_because": "is_answered_in_the_project_it_goes_to",
    "carryover.refused_because": "is_not_done_by_the_word_of_its_owner",
    "sessionitem.because": "is_on_the_agenda_by_its_notice_or_says_why",
    "evidencecheck.reason": "is_checked_by_its_receiver",
    "proposal.withdrawn_because": "follows_the_workflow",
}
#: Those that are no reason for an act: the cell of a list from before, and a proof that is no text of a person.
FREE = {"earlierdecision.reasons"}


def _reasons() -> set[str]:
    return {
        f"{model._meta.model_name}.{field.name}"
        for model in our_models()
        if not hasattr(model, "history_object")
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices and REASON.fullmatch(field.name)
    }


def test_every_column_that_keeps_a_reason_is_judged() -> None:
    judged = {f"{model._meta.model_name}.{name}" for model, names in JUDGED.items() for name in names}
    assert _reasons() - judged == {*ELSEWHERE, *FREE}
    for place, name in ELSEWHERE.items():
        table = place.partition(".")[0]
        asked = [
            trigger.func or ""  # that of a closed project is built later
            for full, (model, trigger) in triggers().items()
            if model._meta.model_name == table and full.endswith(name)
        ]
        assert any(f"ouvrage_meaningful(NEW.{place.partition('.')[2]})" in func for func in asked), place


@pytest.mark.parametrize("model", JUDGED, ids=lambda model: model.__name__)
def test_no_reason_of_dots_is_kept_and_each_is_without_the_trigger(model: Any) -> None:
    """What the row lacks else is refused afterwards: a trigger before the row comes first."""
    names = [name.partition(".")[2] for name, (of, _trigger) in triggers().items() if of is model]
    others = [switch(name) for name in names if not name.endswith(f".{NAME}")]
    mine = switch(f"{model._meta.model_name}.{NAME}")
    for column in JUDGED[model]:

        def write(column: str = column) -> None:
            run(f"INSERT INTO {model._meta.db_table} (\"{column}\") VALUES (' .a. ')")

        assert WORDS in refusal(write, role=OWNER, without=others), column
        assert WORDS not in refusal(write, role=OWNER, without=[*others, mine]), column


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from(".,;—…!?()*'\" \naé1中"), min_size=1, max_size=5))
def test_an_act_that_no_form_comes_before_answers_on_the_field(text: str, pmo: Any, project_one: Any) -> None:
    milestone = Milestone.objects.filter(project=project_one).earliest("pk")

    @open_act
    def move(*, actor: Any, reason: str) -> None:
        about = {"project": project_one, "milestone": milestone, "forecast_on": milestone.forecast_on}
        MilestoneForecast.objects.bulk_create(
            [MilestoneForecast(**about, reason=reason, made_by=actor, acted_at=act_time())]
        )

    if not is_meaningful(text):
        with pytest.raises(Meaningless) as refused:
            move(actor=pmo, reason=text)
        with override("en"):
            assert refused.value.message_dict == {"reason": ["Enter at least three letters or digits."]}


def test_a_refusal_that_no_form_shows_is_a_page(staff_admin: Any, rf: Any) -> None:
    request = rf.post("/")
    request.user, request.resolver_match, request.session = staff_admin, None, {}
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, Meaningless({"reason": "x"}))  # type: ignore[arg-type,return-value]
    assert answer is not None
    assert answer.status_code == 409
