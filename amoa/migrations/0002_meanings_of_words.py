from django.db import migrations, models

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0002_plain_words',
    '0003_unknown_words',
]


class Migration(migrations.Migration):
    replaces = [('amoa', name) for name in WAS]
    dependencies = [
        ('amoa', '0001_initial'),
    ]
    operations = [
        migrations.AddField(
            model_name='importjob',
            name='meanings',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='meanings of words'),
        ),
        migrations.AddField(
            model_name='importjob',
            name='banners',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='lines with one filled cell'),
        ),
        migrations.AddField(
            model_name='importjob',
            name='banner_use',
            field=models.CharField(choices=[('lines', 'Check them like the other lines'), ('skip', 'Skip them'), ('category', 'Use each one as the category of the lines below it')], db_default='lines', default='lines', max_length=10, verbose_name='use of these lines'),
        ),
    ]
