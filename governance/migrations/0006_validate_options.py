from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [
        ('governance', '0005_options'),
    ]
    operations = [
        ValidateConstraint(model_name='decision', name='a_decision_foresees_by_a_fingerprint'),
    ]
