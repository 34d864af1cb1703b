from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# Both are replaced by wider ones: few notices are without an event, and no other has the new reasons.
DROP = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE projects_notification DROP CONSTRAINT a_notice_tells_of_an_event;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX one_notice_per_person_of_what_time_tells;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX one_notice_per_person_of_what_time_tells ON projects_notification (link, reason, recipient_id)
  WHERE reason IN ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late');
"""


class Migration(migrations.Migration):

    dependencies = [('projects', '0012_seals_of_rows')]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint(model_name='notification', name='a_notice_tells_of_an_event'),
                migrations.RemoveConstraint(model_name='notification', name='one_notice_per_person_of_what_time_tells'),
                migrations.AddConstraint(
                    model_name='notification',
                    constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late'))), fields=('link', 'reason', 'recipient'), name='one_notice_per_person_of_what_time_tells'),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('reason__in', ['import_failed', 'waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late']), _connector='OR'), name='a_notice_tells_of_an_event'),
        ),
    ]
