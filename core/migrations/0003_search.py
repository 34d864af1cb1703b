import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
from django.db import migrations, models

from core.sql.text_search import DROP_SEARCH_TEXT_SQL, SEARCH_TEXT_SQL


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_sessions_views_drafts'),
    ]

    operations = [
        migrations.RunSQL(SEARCH_TEXT_SQL, DROP_SEARCH_TEXT_SQL),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('row', models.BigIntegerField()),
                ('page', models.BigIntegerField()),
                ('project', models.BigIntegerField(null=True)),
                ('role', models.CharField(blank=True, max_length=30)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('title', models.TextField()),
                ('title_en', models.TextField(blank=True)),
                ('body', models.TextField(blank=True)),
                ('state', models.CharField(blank=True, max_length=30)),
                ('at', models.DateTimeField(null=True)),
                ('key', models.GeneratedField(db_persist=True, expression=models.Func('code', function='public.ouvrage_search_key', output_field=models.TextField()), output_field=models.TextField())),
                ('words', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat('code', models.Value(' '), 'title', models.Value(' '), 'title_en', output_field=models.TextField()), 'body', function='public.ouvrage_search_words', output_field=django.contrib.postgres.search.SearchVectorField()), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('plain', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat('title', models.Value(' '), 'title_en', models.Value(' '), django.db.models.functions.text.Left('body', 200), output_field=models.TextField()), function='public.ouvrage_plain', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='search_words'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('plain'), name='gin_trgm_ops'), name='search_trigrams'), models.Index(django.contrib.postgres.indexes.OpClass(models.F('key'), name='text_pattern_ops'), condition=models.Q(('code', ''), _negated=True), name='search_keys'), models.Index(fields=['project', '-at'], name='search_newest')],
                'constraints': [models.UniqueConstraint(fields=('source', 'row'), name='one_searchable_text_per_row')],
            },
        ),
    ]
