import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0009_ends_of_rights"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='rowlayout',
            name='one_layout_per_set_of_columns',
        ),
        migrations.AddField(
            model_name='rowlayout',
            name='fixed',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), null=True, verbose_name='unchangeable columns'),
        ),
        migrations.AddConstraint(
            model_name='rowlayout',
            constraint=models.UniqueConstraint(fields=('table', 'columns', 'fixed'), name='one_layout_per_set_of_columns'),
        ),
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
            field=models.TextField(blank=True, default='', verbose_name='columns that changed'),
            preserve_default=False,
        ),
    ]
