from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0032_check_last_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalproject',
            name='archived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='archived'),
        ),
        migrations.AddField(
            model_name='project',
            name='archived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='archived'),
        ),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('archived', False), ('state__in', ['abandoned', 'closed']), _connector='OR'), name='an_archived_project_has_ended'),
        ),
    ]
