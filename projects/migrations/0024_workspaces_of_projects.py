import django.contrib.postgres.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import projects.project.models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0023_check_notices_of_seats'),
        ('roles', '0004_known_families'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalproject',
            name='workspaces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value(['requirements', 'change', 'standards', 'risks', 'steering'], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=projects.project.models.list_workspaces, verbose_name='workspaces switched on'),
        ),
        migrations.AddField(
            model_name='project',
            name='workspaces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value(['requirements', 'change', 'standards', 'risks', 'steering'], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=projects.project.models.list_workspaces, verbose_name='workspaces switched on'),
        ),
        migrations.AlterField(
            model_name='ledgerevent',
            name='act',
            field=models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('state_competence', 'Competence stated'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('set_up', 'Ouvrage set up'), ('invite', 'Person invited'), ('edit_account', 'Account changed by its person'), ('change_password', 'Password changed by its person'), ('close_account', 'Account closed'), ('edit_settings', 'Settings of the organisation changed'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('link_organisations', 'Organisations linked'), ('end_link', 'Link between organisations ended'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_list', 'List imported from a file'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('store_record', 'Decision record stored'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('lapse', 'Condition not met in time'), ('fulfil', 'Obligation fulfilled'), ('excuse', 'Role excused from an obligation'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('review_decision', 'Decision reviewed'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased'), ('edit_facts', 'Facts of the project changed'), ('switch_workspaces', 'Workspaces switched'), ('seal_rows', 'Rows sealed')], max_length=20, verbose_name='act'),
        ),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('workspaces__contained_by', ['requirements', 'change', 'standards', 'risks', 'steering'])), name='a_project_has_known_workspaces'),
        ),
    ]
