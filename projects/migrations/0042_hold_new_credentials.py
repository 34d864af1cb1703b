import django.core.validators
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0040_check_deadlines'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='credential_hours',
            field=models.PositiveSmallIntegerField(db_default=24, default=24, validators=[django.core.validators.MaxValueValidator(168)], verbose_name='Hours before a new credential counts'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='credential_hours',
            field=models.PositiveSmallIntegerField(db_default=24, default=24, validators=[django.core.validators.MaxValueValidator(168)], verbose_name='Hours before a new credential counts'),
        ),
        AddConstraintNotValid(
            model_name='organisationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('credential_hours__lte', 168)), name='a_credential_waits_a_week_at_most'),
        ),
    ]
