import django.db.models.deletion
from django.db import migrations, models

# The column is new and empty, so that its foreign key holds without reading the table.
COLUMNS = """
ALTER TABLE governance_historicaldecision ADD COLUMN passkey_id bigint NULL;
ALTER TABLE governance_decision ADD COLUMN passkey_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT governance_decision_passkey_id_8cdf404e_fk_projects_
  REFERENCES projects_credential (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_historicaldecision_passkey_id_d478506a ON governance_historicaldecision (passkey_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_decision_passkey_id_8cdf404e ON governance_decision (passkey_id);
"""
WITHOUT_COLUMNS = """
ALTER TABLE governance_decision DROP COLUMN passkey_id;
ALTER TABLE governance_historicaldecision DROP COLUMN passkey_id;
"""
ASSERTION = models.JSONField(blank=True, db_default={}, default=dict, verbose_name="signature of the passkey")
SIGNED_WITH = {"blank": True, "null": True, "to": "projects.credential", "verbose_name": "signed with"}


class Migration(migrations.Migration):
    """Decisions hold the signature of the passkey of who took them."""

    dependencies = [
        ("governance", "0017_how_decisions_are_confirmed"),
        ("projects", "0049_signing_of_decisions"),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name="assertion", field=ASSERTION)
            for model in ("decision", "historicaldecision")
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMNS, WITHOUT_COLUMNS)],
            state_operations=[
                migrations.AddField(
                    model_name="decision",
                    name="passkey",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", **SIGNED_WITH
                    ),
                ),
                migrations.AddField(
                    model_name="historicaldecision",
                    name="passkey",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        **SIGNED_WITH,
                    ),
                ),
            ],
        ),
    ]
