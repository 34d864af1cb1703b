from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the rows that are there, without a long lock."""

    dependencies = [('projects', '0052_changes_of_address')]

    operations = [
        ValidateConstraint(model_name='credential', name='a_credential_has_a_known_origin'),
    ]
