import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import core.sealing


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0008_check_lapse_of_conditions'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('content', models.BinaryField(verbose_name='content')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('letters', models.TextField(verbose_name='letters of its text')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='record_files', to='governance.decision', verbose_name='decision')),
            ],
            options={
                'verbose_name': 'stored record',
                'verbose_name_plural': 'stored records',
                'constraints': [models.UniqueConstraint(condition=models.Q(('salt', 'erased'), _negated=True), fields=('decision', 'language'), name='one_stored_record_per_language'), models.CheckConstraint(condition=models.Q(('language__in', ['fr', 'en'])), name='a_stored_record_has_a_known_language')],
            },
        ),
    ]
