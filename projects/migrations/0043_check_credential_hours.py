from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the row that is there, without a long lock."""

    dependencies = [('projects', '0042_hold_new_credentials')]

    operations = [
        ValidateConstraint(model_name='organisationsettings', name='a_credential_waits_a_week_at_most'),
    ]
