from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0046_vouches'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='credential',
            name='a_credential_has_a_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='credential',
            name='a_passkey_has_its_public_key',
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_client_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=190, verbose_name='Client identifier'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_domain',
            field=models.CharField(blank=True, db_default='', default='', max_length=253, verbose_name='Domain for new accounts'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_issuer',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='Issuer'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_kind',
            field=models.CharField(choices=[('openid_connect', 'OpenID Connect'), ('proconnect', 'ProConnect')], db_default='openid_connect', default='openid_connect', max_length=20, verbose_name='Kind of identity provider'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Name on the button'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_own_factor',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Ask for an Ouvrage credential before a personal act'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_client_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=190, verbose_name='Client identifier'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_domain',
            field=models.CharField(blank=True, db_default='', default='', max_length=253, verbose_name='Domain for new accounts'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_issuer',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='Issuer'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_kind',
            field=models.CharField(choices=[('openid_connect', 'OpenID Connect'), ('proconnect', 'ProConnect')], db_default='openid_connect', default='openid_connect', max_length=20, verbose_name='Kind of identity provider'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Name on the button'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_own_factor',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Ask for an Ouvrage credential before a personal act'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_secret',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='Client secret'),
        ),
        AddConstraintNotValid(
            model_name='credential',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['password', 'code_app', 'passkey', 'recovery_codes', 'provider', 'address'])), name='a_credential_has_a_known_kind'),
        ),
        AddConstraintNotValid(
            model_name='credential',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credential_id__isnull', False), ('kind', 'passkey'), ('public_key__isnull', False)), models.Q(('credential_id__isnull', False), ('kind', 'provider'), ('public_key', None)), models.Q(models.Q(('kind__in', ('passkey', 'provider')), _negated=True), ('credential_id', None), ('public_key', None)), _connector='OR'), name='a_passkey_has_its_public_key'),
        ),
        AddConstraintNotValid(
            model_name='organisationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('provider_kind__in', ['openid_connect', 'proconnect'])), name='a_provider_is_of_a_known_kind'),
        ),
    ]
