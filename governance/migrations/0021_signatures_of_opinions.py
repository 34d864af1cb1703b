import django.db.models.deletion
from django.db import migrations, models

# The column is new and empty, so that its foreign key holds without reading the table.
COLUMNS = """
ALTER TABLE governance_historicalopinion ADD COLUMN passkey_id bigint NULL;
ALTER TABLE governance_opinion ADD COLUMN passkey_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT governance_opinion_passkey_id_b873359c_fk_projects_
  REFERENCES projects_credential (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_historicalopinion_passkey_id_8c07f925 ON governance_historicalopinion (passkey_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_opinion_passkey_id_b873359c ON governance_opinion (passkey_id);
"""
WITHOUT_COLUMNS = """
ALTER TABLE governance_opinion DROP COLUMN passkey_id;
ALTER TABLE governance_historicalopinion DROP COLUMN passkey_id;
"""
ASSERTION = models.JSONField(blank=True, db_default={}, default=dict, verbose_name="signature of the passkey")
SIGNED_WITH = {"blank": True, "null": True, "to": "projects.credential", "verbose_name": "signed with"}


class Migration(migrations.Migration):
    """Opinions hold the signature of the passkey of who gave them."""

    dependencies = [
        ("governance", "0019_time_stamps"),
        ("projects", "0054_provisioning"),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name="assertion", field=ASSERTION)
            for model in ("opinion", "historicalopinion")
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMNS, WITHOUT_COLUMNS)],
            state_operations=[
                migrations.AddField(
                    model_name="opinion",
                    name="passkey",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", **SIGNED_WITH
                    ),
                ),
                migrations.AddField(
                    model_name="historicalopinion",
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
