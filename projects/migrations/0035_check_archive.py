from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the rows that are there, without a long lock."""

    dependencies = [('projects', '0034_archive_and_moves')]

    operations = [ValidateConstraint(model_name='project', name='an_archived_project_has_ended')]
