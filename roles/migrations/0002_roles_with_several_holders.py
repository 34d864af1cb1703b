from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("roles", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalroletemplate',
            name='several',
            field=models.BooleanField(db_default=False, default=False, verbose_name='several holders'),
        ),
        migrations.AddField(
            model_name='roletemplate',
            name='several',
            field=models.BooleanField(db_default=False, default=False, verbose_name='several holders'),
        ),
    ]
