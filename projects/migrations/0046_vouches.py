import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0043_check_credential_hours'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouch asked'),
        ),
        migrations.AddField(
            model_name='credential',
            name='vouched_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouched for'),
        ),
        migrations.AddField(
            model_name='historicalcredential',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouch asked'),
        ),
        migrations.AddField(
            model_name='historicalcredential',
            name='vouched_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouched for'),
        ),
        migrations.CreateModel(
            name='Vouch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('capacity', models.CharField(choices=[('above', 'project owner above'), ('administrator', 'administrator')], max_length=20, verbose_name='capacity')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouches', to='projects.credential', verbose_name='credential')),
                ('voucher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who vouches')),
            ],
            options={
                'verbose_name': 'vouch',
                'verbose_name_plural': 'vouches',
                'constraints': [models.UniqueConstraint(fields=('credential', 'voucher'), name='one_vouch_per_credential_and_person'), models.CheckConstraint(condition=models.Q(('capacity__in', ['above', 'administrator'])), name='a_vouch_has_a_known_capacity')],
            },
        ),
    ]
