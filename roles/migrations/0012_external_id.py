from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roles', '0011_check_installation_account'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicaluser',
            name='external_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='identifier in the directory'),
        ),
        migrations.AddField(
            model_name='user',
            name='external_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='identifier in the directory'),
        ),
    ]
