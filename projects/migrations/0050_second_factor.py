from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0049_signing_of_decisions'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='second_factor',
            field=models.CharField(choices=[('nobody', 'no account'), ('deciders', 'owners, their delegates and administrators'), ('everybody', 'all role holders, and administrators')], db_default='nobody', default='nobody', max_length=10, verbose_name='Second factor required of'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='second_factor',
            field=models.CharField(choices=[('nobody', 'no account'), ('deciders', 'owners, their delegates and administrators'), ('everybody', 'all role holders, and administrators')], db_default='nobody', default='nobody', max_length=10, verbose_name='Second factor required of'),
        ),
        AddConstraintNotValid(
            model_name='organisationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('second_factor__in', ['nobody', 'deciders', 'everybody'])), name='a_second_factor_is_required_of_known_people'),
        ),
    ]
