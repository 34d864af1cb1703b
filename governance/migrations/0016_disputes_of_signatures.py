import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Replaced by a wider one: a disputed decision has a second file in each language.
INDEX = """
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX one_stored_record_per_language;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX one_stored_record_per_language ON governance_recordfile (decision_id, language, tells_dispute)
  WHERE NOT (salt = 'erased');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0015_last_day_for_opinions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disputed', to='governance.decision', verbose_name='decision')),
                ('disputed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='disputed by')),
            ],
            options={
                'verbose_name': 'dispute of a signature',
                'verbose_name_plural': 'disputes of signatures',
            },
        ),
        migrations.AddField(
            model_name='recordfile',
            name='tells_dispute',
            field=models.BooleanField(blank=True, db_default=False, default=False, verbose_name='tells the dispute'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(INDEX, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='recordfile',
                    name='one_stored_record_per_language',
                ),
                migrations.AddConstraint(
                    model_name='recordfile',
                    constraint=models.UniqueConstraint(condition=models.Q(('salt', 'erased'), _negated=True), fields=('decision', 'language', 'tells_dispute'), name='one_stored_record_per_language'),
                ),
            ],
        ),
    ]
