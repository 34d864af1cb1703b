from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the row that is there, without a long lock."""

    dependencies = [('projects', '0050_second_factor')]

    operations = [
        ValidateConstraint(model_name='organisationsettings', name='a_second_factor_is_required_of_known_people'),
    ]
