from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0003_check_required_workspaces',
]


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    replaces = [('pmo', name) for name in WAS]
    dependencies = [
        ('pmo', '0002_reminders_and_required_workspaces'),
    ]
    operations = [
        ValidateConstraint(model_name='standardversion', name='a_standard_requires_known_workspaces'),
        ValidateConstraint(model_name='standardversion', name='only_a_mandatory_standard_requires_workspaces'),
    ]
