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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("projects", "0003_acts_on_obligations"),
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
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(choices=[('opinion_asked', 'your opinion is asked'), ('decision_asked', 'waits for your decision'), ('decided', 'the owner has answered'), ('withdrawn', 'was withdrawn by its author'), ('proof_given', 'the proof of a condition waits for you'), ('condition_lifted', 'a condition was lifted'), ('condition_waived', 'a condition was waived'), ('reservation_proved', 'the proof that a reservation is lifted waits for you'), ('reservation_lifted', 'a reservation was lifted'), ('reservation_waived', 'a reservation was waived'), ('no_longer_current', 'was decided on a document that has been replaced since'), ('tie_waits', 'a declared tie waits for your ruling'), ('tie_blocks', 'a tie you declared blocks your role, because the organisation bids'), ('import_done', 'your import is done'), ('import_failed', 'your import was not written; nothing was changed'), ('tie_settled', 'the owner has settled a tie you declared'), ('question_asked', 'a question waits for the answer of your role'), ('question_answered', 'the question your role asked is answered'), ('risk_reopened', 'has risen above the level you accepted: it is to be answered again'), ('risk_happened', 'has happened: it is an issue now'), ('waiver_revoked', 'this waiver was revoked by the owner'), ('waiver_closed', 'this waiver was closed: what it covered is conform'), ('waiver_ending', 'this waiver ends within 30 days'), ('waiver_expired', 'this waiver has expired: what it covered is not conform again'), ('role_given', 'a role is given'), ('role_ended', 'a role is ended'), ('owner_named', 'a project owner is named'), ('signature_delegated', 'the project owner’s signature is delegated'), ('delegation_ended', 'a delegation of the project owner’s signature is ended')], max_length=20, verbose_name='reason'),
        ),
    ]
