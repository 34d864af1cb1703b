from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('roles', '0007_validate_rhythms'),
    ]
    operations = [
        migrations.AddField(
            model_name='historicaluser',
            name='single_keys',
            field=models.BooleanField(db_default=False, default=False, verbose_name='shortcuts of one key'),
        ),
        migrations.AddField(
            model_name='user',
            name='single_keys',
            field=models.BooleanField(db_default=False, default=False, verbose_name='shortcuts of one key'),
        ),
    ]
