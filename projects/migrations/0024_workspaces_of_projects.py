import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import projects.project.models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0023_check_notices_of_seats'),
        ('roles', '0004_known_families'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalproject',
            name='workspaces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value(['requirements', 'change', 'standards', 'risks', 'steering'], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=projects.project.models.list_workspaces, verbose_name='workspaces switched on'),
        ),
        migrations.AddField(
            model_name='project',
            name='workspaces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value(['requirements', 'change', 'standards', 'risks', 'steering'], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=projects.project.models.list_workspaces, verbose_name='workspaces switched on'),
        ),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('workspaces__contained_by', ['requirements', 'change', 'standards', 'risks', 'steering'])), name='a_project_has_known_workspaces'),
        ),
    ]
