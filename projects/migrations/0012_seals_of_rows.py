import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0009_check_lapse_of_conditions'),
    ]

    operations = [
        migrations.CreateModel(
            name='RowLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63, verbose_name='table')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), verbose_name='columns')),
            ],
            options={
                'verbose_name': 'layout of seals',
                'verbose_name_plural': 'layouts of seals',
                'constraints': [models.UniqueConstraint(fields=('table', 'columns'), name='one_layout_per_set_of_columns')],
            },
        ),
        migrations.CreateModel(
            name='RowSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.BigIntegerField(verbose_name='chain')),
                ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                ('first', models.PositiveIntegerField(verbose_name='first of the transaction')),
                ('xact', models.BigIntegerField(verbose_name='database transaction')),
                ('table', models.CharField(max_length=63, verbose_name='table')),
                ('row', models.BigIntegerField(verbose_name='row')),
                ('salt', models.UUIDField(null=True, verbose_name='salt')),
                ('hash', models.BinaryField(max_length=32, null=True, verbose_name='hash')),
                ('link', models.BinaryField(max_length=32, verbose_name='chained hash')),
                ('layout', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.rowlayout', verbose_name='layout')),
            ],
            options={
                'verbose_name': 'seal of a row',
                'verbose_name_plural': 'seals of rows',
                'indexes': [models.Index(fields=['table', 'row', 'id'], name='seal_by_row')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'seq'), name='one_seal_per_place_in_its_chain')],
            },
        ),
    ]
