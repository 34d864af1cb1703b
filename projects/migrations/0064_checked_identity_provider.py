from django.db import migrations, models


class Migration(migrations.Migration):
    """Providers that were saved before the check was noted stay in use; later ones begin unchecked."""

    dependencies = [
        ('projects', '0062_unknown_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_checked',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Identity provider checked'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_checked',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Identity provider checked'),
        ),
        migrations.AlterField(
            model_name='historicalorganisationsettings',
            name='provider_checked',
            field=models.BooleanField(db_default=False, default=False, verbose_name='Identity provider checked'),
        ),
        migrations.AlterField(
            model_name='organisationsettings',
            name='provider_checked',
            field=models.BooleanField(db_default=False, default=False, verbose_name='Identity provider checked'),
        ),
    ]
