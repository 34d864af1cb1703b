from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the rows that are there, without a long lock."""

    dependencies = [('projects', '0059_notices_of_red_and_late')]

    operations = [ValidateConstraint(model_name='notification', name='a_notice_tells_of_an_event')]
