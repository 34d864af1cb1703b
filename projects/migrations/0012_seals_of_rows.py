import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0011_acts_on_accounts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ledgerevent',
            name='act',
            field=models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('state_competence', 'Competence stated'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('set_up', 'Ouvrage set up'), ('invite', 'Person invited'), ('close_account', 'Account closed'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('link_organisations', 'Organisations linked'), ('end_link', 'Link between organisations ended'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('store_record', 'Decision record stored'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('lapse', 'Condition not met in time'), ('fulfil', 'Obligation fulfilled'), ('excuse', 'Role excused from an obligation'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('review_decision', 'Decision reviewed'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased'), ('seal_rows', 'Rows sealed')], max_length=20, verbose_name='act'),
        ),
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
