import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pmo', '0001_initial'),
        ('projects', '0040_check_deadlines'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalstandardversion',
            name='requires',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value([], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=list, verbose_name='workspaces required below'),
        ),
        migrations.AddField(
            model_name='standardversion',
            name='requires',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value([], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=list, verbose_name='workspaces required below'),
        ),
        AddConstraintNotValid(
            model_name='standardversion',
            constraint=models.CheckConstraint(condition=models.Q(('requires__contained_by', ['requirements', 'change', 'standards', 'risks', 'steering'])), name='a_standard_requires_known_workspaces'),
        ),
        AddConstraintNotValid(
            model_name='standardversion',
            constraint=models.CheckConstraint(condition=models.Q(('requires', []), ('mandatory', True), _connector='OR'), name='only_a_mandatory_standard_requires_workspaces'),
        ),
    ]
