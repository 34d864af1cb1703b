from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [
        ("roles", "0005_last_day"),
    ]

    operations = [
        ValidateConstraint(model_name="user", name="a_closed_account_has_no_last_day"),
    ]
