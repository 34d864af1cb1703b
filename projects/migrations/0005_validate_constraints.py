from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

PREFIXES = "ALTER TABLE projects_project ADD CONSTRAINT one_project_per_prefix UNIQUE USING INDEX one_project_per_prefix"

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0009_check_lapse_of_conditions',
    '0015_check_reminders_of_obligations',
    '0017_one_project_per_prefix',
    '0023_check_notices_of_seats',
    '0025_check_workspaces_of_projects',
    '0027_check_notices_of_vacant_roles',
    '0029_check_states_of_projects',
    '0032_check_last_day',
    '0035_check_archive',
    '0040_check_deadlines',
    '0043_check_credential_hours',
    '0048_check_identity_provider',
    '0051_check_second_factor',
    '0053_check_changes_of_address',
    '0058_check_tasks_due',
    '0060_check_notices_of_red_and_late',
]


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    replaces = [('projects', name) for name in WAS]
    dependencies = [
        ('projects', '0004_prefix_index'),
    ]
    operations = [
        ValidateConstraint(model_name='project', name='a_project_has_a_known_state'),
        ValidateConstraint(model_name='project', name='an_archived_project_has_ended'),
        ValidateConstraint(model_name='project', name='a_project_has_known_workspaces'),
        ValidateConstraint(model_name='notification', name='a_notice_tells_of_an_event'),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(PREFIXES)],
            state_operations=[
                migrations.AddConstraint(
                    model_name='project',
                    constraint=models.UniqueConstraint(fields=('prefix',), name='one_project_per_prefix', violation_error_message='This prefix is already used. Enter another prefix.'),
                ),
            ],
        ),
    ]
