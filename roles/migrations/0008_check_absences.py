from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [
        ("roles", "0007_absences"),
    ]

    operations = [
        ValidateConstraint(model_name="user", name="an_absence_has_a_first_and_a_last_day"),
        ValidateConstraint(model_name="user", name="nobody_stands_in_for_themselves"),
    ]
