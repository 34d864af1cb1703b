from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [
        ('projects', '0020_storm_limits'),
    ]
    operations = [
        ValidateConstraint(model_name='organisationsettings', name='an_alert_is_worse_than_a_watch'),
    ]
