from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraints of the migration before on the rows that are there, without a long lock."""

    dependencies = [('pmo', '0002_required_workspaces')]

    operations = [
        ValidateConstraint(model_name='standardversion', name='a_standard_requires_known_workspaces'),
        ValidateConstraint(model_name='standardversion', name='only_a_mandatory_standard_requires_workspaces'),
    ]
