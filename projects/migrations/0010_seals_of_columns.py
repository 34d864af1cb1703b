from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0009_ends_of_rights"),
    ]

    operations = [
        migrations.AddField(
            model_name='rowseal',
            name='fixed_salt',
            field=models.UUIDField(null=True, verbose_name='salt of the unchangeable columns'),
        ),
        migrations.AddField(
            model_name='rowseal',
            name='fixed',
            field=models.BinaryField(max_length=32, null=True, verbose_name='hash of the unchangeable columns'),
        ),
        migrations.AddField(
            model_name='rowseal',
            name='tells',
            field=models.TextField(blank=True, db_default='', verbose_name='columns that changed'),
        ),
    ]
