"""Operations of a migration that share the models Django builds for them."""

import pytest
from django.db import connection, models
from django.db.migrations import AddField, CreateModel
from django.db.migrations.state import ProjectState, StateApps

from core.migration_batch import Batch


@pytest.mark.django_db
def test_a_batch_changes_the_tables_one_by_one_and_builds_the_models_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state = ProjectState()
    CreateModel("Box", [("id", models.BigAutoField(primary_key=True))]).state_forwards("core", state)
    assert state.apps.get_model("core", "box")
    before = state.clone()
    built: list[list[str]] = []
    render = StateApps.render_multiple
    monkeypatch.setattr(
        StateApps,
        "render_multiple",
        lambda self, states: (built.append([model.name for model in states]), render(self, states)),
    )
    batch = Batch([AddField("box", name, models.TextField(null=True)) for name in ("label", "content", "place")])
    batch.state_forwards("core", state)
    with connection.schema_editor(collect_sql=True) as editor:
        batch.database_forwards("core", editor, before, state)
    assert editor.collected_sql == [
        f'ALTER TABLE "core_box" ADD COLUMN "{name}" text NULL;' for name in ("label", "content", "place")
    ]
    assert built == [["Box"]]
