import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0051_check_second_factor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.EmailField(blank=True, max_length=254, verbose_name='present address')),
                ('new', models.EmailField(blank=True, max_length=254, verbose_name='new address')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('old_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed by the present address')),
                ('new_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed by the new address')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('outcome', models.CharField(blank=True, choices=[('applied', 'the new address counts'), ('objected', 'the present address objected'), ('taken_back', 'taken back'), ('taken', 'the new address has another account'), ('expired', 'the new address did not confirm'), ('closed', 'the account is closed')], max_length=20, verbose_name='end')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='address_changes', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'change of address',
                'verbose_name_plural': 'changes of address',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person',), name='one_open_change_of_address_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__in', ['applied', 'objected', 'taken_back', 'taken', 'expired', 'closed'])), _connector='OR'), name='a_change_of_address_ends_in_a_known_way')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='credential',
            name='a_credential_has_a_known_origin',
        ),
        AddConstraintNotValid(
            model_name='credential',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['first', 'exchanged', 'mailed', 'moved', 'added'])), name='a_credential_has_a_known_origin'),
        ),
    ]
