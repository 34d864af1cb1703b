from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0038_credentials'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='answer_days',
            field=models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to decide, as a goal'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='list_days',
            field=models.PositiveSmallIntegerField(db_default=5, default=5, verbose_name='Working days to record a decision'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='opinion_days',
            field=models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to give an opinion'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='answer_days',
            field=models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to decide, as a goal'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='list_days',
            field=models.PositiveSmallIntegerField(db_default=5, default=5, verbose_name='Working days to record a decision'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='opinion_days',
            field=models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to give an opinion'),
        ),
        AddConstraintNotValid(
            model_name='organisationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('answer_days__range', (2, 60)), ('list_days__range', (1, 60)), ('opinion_days__range', (1, 60))), name='a_deadline_is_at_most_sixty_days'),
        ),
    ]
