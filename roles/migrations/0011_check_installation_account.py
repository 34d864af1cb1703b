from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [('roles', '0010_installation_account')]

    operations = [ValidateConstraint(model_name='user', name='nobody_signs_in_as_the_installation')]
