import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0012_one_rule_for_texts'),
        ('projects', '0035_check_archive'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('done', 'done'), ('refused', 'refused'), ('taken_back', 'taken back')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('because', models.TextField(blank=True, verbose_name='reason')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('joined_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by the owner it joins')),
                ('left_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by the owner it leaves')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moves_away', to='projects.project', verbose_name='leaves')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='projects.project', verbose_name='project')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_here', to='projects.project', verbose_name='comes under')),
            ],
            options={
                'verbose_name': 'move under another parent',
                'verbose_name_plural': 'moves under another parent',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('project',), name='one_open_move_per_project'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'done', 'refused', 'taken_back'])), name='a_move_has_a_known_state'), models.CheckConstraint(condition=models.Q(('target', models.F('project')), _negated=True), name='a_move_leads_elsewhere'), models.CheckConstraint(condition=models.Q(models.Q(('ended_by', None), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), models.Q(('ended_by', None), _negated=True)), _connector='OR'), name='a_move_is_ended_by_somebody')],
            },
        ),
    ]
