import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# The column is new and empty, so that its foreign key holds without reading the table.
STAND_INS = """
ALTER TABLE roles_historicaluser ADD COLUMN stand_in_id bigint NULL;
ALTER TABLE roles_user ADD COLUMN stand_in_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT roles_user_stand_in_id_f3446eb4_fk_roles_user_id REFERENCES roles_user (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX roles_historicaluser_stand_in_id_a08246da ON roles_historicaluser (stand_in_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX roles_user_stand_in_id_f3446eb4 ON roles_user (stand_in_id);
"""
# Nobody signs in as the installation, also where somebody opened its account or gave it a password.
CLOSE = """
UPDATE roles_user SET is_active = false, is_staff = false, is_superuser = false, password = '!'
WHERE email = 'installation@ouvrage.invalid' AND (is_active OR is_staff OR is_superuser OR password NOT LIKE '!%');
"""

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0002_roles_with_several_holders',
    '0003_families',
    '0005_last_day',
    '0007_absences',
    '0009_close_the_installation',
    '0010_installation_account',
    '0012_external_id',
    '0013_plain_words',
]


class Migration(migrations.Migration):
    replaces = [('roles', name) for name in WAS]
    dependencies = [
        ('roles', '0001_initial'),
    ]
    operations = [
        migrations.AddField(
            model_name='historicalroletemplate',
            name='several',
            field=models.BooleanField(db_default=False, default=False, verbose_name='several holders'),
        ),
        migrations.AddField(
            model_name='roletemplate',
            name='several',
            field=models.BooleanField(db_default=False, default=False, verbose_name='several holders'),
        ),
        migrations.AddField(
            model_name='historicalresponsibility',
            name='family',
            field=models.CharField(blank=True, choices=[('standards', 'standards and methods'), ('control', 'follow-up and control'), ('reporting', 'reporting and dashboards'), ('conformity', 'risks and conformity'), ('coaching', 'coaching and facilitation')], db_default='', default='', max_length=12, verbose_name='family'),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='family',
            field=models.CharField(blank=True, choices=[('standards', 'standards and methods'), ('control', 'follow-up and control'), ('reporting', 'reporting and dashboards'), ('conformity', 'risks and conformity'), ('coaching', 'coaching and facilitation')], db_default='', default='', max_length=12, verbose_name='family'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='external_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='identifier in the directory'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='last_day',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='absent_from',
            field=models.DateField(blank=True, null=True, verbose_name='absent from'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='absent_until',
            field=models.DateField(blank=True, null=True, verbose_name='absent until'),
        ),
        migrations.AddField(
            model_name='user',
            name='external_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='identifier in the directory'),
        ),
        migrations.AddField(
            model_name='user',
            name='last_day',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='user',
            name='absent_from',
            field=models.DateField(blank=True, null=True, verbose_name='absent from'),
        ),
        migrations.AddField(
            model_name='user',
            name='absent_until',
            field=models.DateField(blank=True, null=True, verbose_name='absent until'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(STAND_INS)],
            state_operations=[
                migrations.AddField(
                    model_name='historicaluser',
                    name='stand_in',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who to ask meanwhile'),
                ),
                migrations.AddField(
                    model_name='user',
                    name='stand_in',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who to ask meanwhile'),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name='responsibility',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['', 'standards', 'control', 'reporting', 'conformity', 'coaching'])), name='a_responsibility_has_a_known_family'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('is_active', True), ('last_day', None), _connector='OR'), name='a_closed_account_has_no_last_day'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('absent_from', None), ('absent_until', None), ('stand_in', None)), models.Q(('absent_from__isnull', False), ('absent_until__gte', models.F('absent_from')), ('absent_until__isnull', False)), _connector='OR'), name='an_absence_has_a_first_and_a_last_day'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stand_in', models.F('id')), _negated=True), ('stand_in', None), _connector='OR'), name='nobody_stands_in_for_themselves'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('email', 'installation@ouvrage.invalid'), _negated=True), models.Q(('is_active', False), ('is_staff', False), ('is_superuser', False), ('password__startswith', '!')), _connector='OR'), name='nobody_signs_in_as_the_installation'),
        ),
        migrations.RunSQL(CLOSE),
    ]
