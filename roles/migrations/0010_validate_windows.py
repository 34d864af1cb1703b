from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [
        ('roles', '0009_windows'),
    ]
    operations = [
        ValidateConstraint(model_name='responsibility', name='a_responsibility_has_a_known_window'),
    ]
