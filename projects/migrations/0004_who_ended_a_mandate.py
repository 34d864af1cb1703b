import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The column is new and empty, so that its foreign key holds without reading the table.
COLUMNS = """
ALTER TABLE projects_historicalmandate ADD COLUMN ended_by_id bigint NULL;
ALTER TABLE projects_mandate ADD COLUMN ended_by_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT projects_mandate_ended_by_id_fk REFERENCES roles_user (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX projects_historicalmandate_ended_by_id ON projects_historicalmandate (ended_by_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX projects_mandate_ended_by_id ON projects_mandate (ended_by_id);
"""
WITHOUT_COLUMNS = """
ALTER TABLE projects_mandate DROP COLUMN ended_by_id;
ALTER TABLE projects_historicalmandate DROP COLUMN ended_by_id;
"""
# Who ended a mandate before stands in its event. The triggers of that release know nothing of the column.
FILL = """
ALTER TABLE projects_mandate DISABLE TRIGGER USER;
ALTER TABLE projects_historicalmandate DISABLE TRIGGER USER;
UPDATE projects_mandate m SET ended_by_id = ended.actor_id
FROM (SELECT DISTINCT ON (subject_id) subject_id, actor_id FROM projects_ledgerevent
      WHERE subject = 'projects.mandate' AND act = 'end_mandate' ORDER BY subject_id, seq DESC) AS ended
WHERE ended.subject_id = m.id;
UPDATE projects_historicalmandate h SET ended_by_id = m.ended_by_id
FROM projects_mandate m WHERE m.id = h.id AND m.period = h.period AND m.ended_by_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE projects_mandate ENABLE TRIGGER USER;
ALTER TABLE projects_historicalmandate ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0002_events_of_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMNS, WITHOUT_COLUMNS)],
            state_operations=[
                migrations.AddField(
                    model_name='historicalmandate',
                    name='ended_by',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
                ),
                migrations.AddField(
                    model_name='mandate',
                    name='ended_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
                ),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
