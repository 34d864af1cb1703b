"""The addresses of the decision files."""

from django.urls import path

from governance.acceptance import edit_views as testing
from governance.acceptance import views as acceptance
from governance.change_plan import edit_views as change
from governance.change_plan import views as plan
from governance.change_plan.calendar_views import calendar, calendar_feed
from governance.communicated.views import decision_acknowledge
from governance.conformity import views as conformity
from governance.dashboards import views as dashboards
from governance.dossier import conditions
from governance.dossier import edit_views as acts
from governance.dossier import views as dossier
from governance.evidence import views as evidence
from governance.gates import views as gate_views
from governance.home.views import project_home
from governance.imports import views as imports
from governance.imports.export import requirements_export
from governance.inbox.views import inbox, project_list
from governance.indicators import edit_views as indicators
from governance.indicators.views import steering_indicators
from governance.interests import views as impartiality
from governance.lessons import views as learned
from governance.liaison import views as liaison
from governance.library import edit_views as keeping
from governance.library import views as library
from governance.means import views as means
from governance.notices.views import notification_list, notifications_read
from governance.proofs.views import proof
from governance.proposals.views import proposal_edit, proposal_list, proposal_new
from governance.recipients import views as recipients
from governance.records.views import record, record_pdf
from governance.referential import edit_views as referential_acts
from governance.referential import views as referential
from governance.referential.importing import referential_import
from governance.register.views import register
from governance.requirements import baseline_views
from governance.requirements import edit_views as writing
from governance.requirements import views as requirements
from governance.responsibilities import views as matrix
from governance.responsibilities.adapt import roles_adapt, roles_adapt_step
from governance.responsibilities.launch import launch
from governance.responsibilities.permission_views import permissions, permissions_json, permissions_mine
from governance.reviewing import views as reviews
from governance.risks import edit_views as risking
from governance.risks import views as risks
from governance.risks.export import risks_export
from governance.schedule import views as schedule
from governance.seats import edit_views as seats
from governance.seats.views import authority, mandate_list
from governance.success import views as success
from governance.tracing.views import trace_path, traceability, traceability_file
from governance.waivers import views as waivers
from governance.weather.views import WeatherFormView, weather
from roles import converters  # noqa: F401  (registers <code:…>)

app_name = "governance"
urlpatterns = [
    path("", inbox, name="inbox"),
    path("projects/", project_list, name="project_list"),
    path("projects/<code:code>/", project_home, name="project_home"),
    path("projects/<code:code>/dashboard/", dashboards.dashboard, name="dashboard"),
    path("projects/<code:code>/dashboard/standards/", dashboards.dashboard_standards, name="dashboard_standards"),
    path("projects/<code:code>/dashboard/risks/", dashboards.dashboard_risks, name="dashboard_risks"),
    path("projects/<code:code>/dashboard/advice/", dashboards.dashboard_advice, name="dashboard_advice"),
    path("projects/<code:code>/dashboard/list/<slug:name>/", dashboards.dashboard_list, name="dashboard_list"),
    path("projects/<code:code>/gates/", gate_views.gates, name="gates"),
    path("projects/<code:code>/gates/report/", gate_views.gate_report, name="gate_report"),
    path("projects/<code:code>/gates/report/add/", gate_views.gate_report_add, name="gate_report_add"),
    path("projects/<code:code>/reviews/", reviews.review_list, name="review_list"),
    path("projects/<code:code>/reviews/new/", reviews.ReviewFormView.as_view(), name="review_new"),
    path("reviews/<int:review_id>/", reviews.review, name="review"),
    path("reviews/<int:review_id>/pdf/", reviews.review_pdf, name="review_pdf"),
    path("projects/<code:code>/launch/", launch, name="launch"),
    path("projects/<code:code>/roles/adapt/", roles_adapt, name="roles_adapt"),
    path("projects/<code:code>/roles/adapt/<slug:step>/", roles_adapt_step, name="roles_adapt_step"),
    path("projects/<code:code>/acceptance/", acceptance.acceptance, name="acceptance"),
    path(
        "projects/<code:code>/acceptance/deliverables/new/",
        testing.DeliverableFormView.as_view(),
        name="deliverable_new",
    ),
    path(
        "projects/<code:code>/acceptance/tests/new/",
        testing.AcceptanceTestFormView.as_view(),
        name="acceptance_test_new",
    ),
    path("projects/<code:code>/acceptance/campaigns/new/", testing.CampaignFormView.as_view(), name="campaign_new"),
    path("deliverables/<int:deliverable_id>/edit/", testing.DeliverableFormView.as_view(), name="deliverable_edit"),
    path("tests/<int:test_id>/", acceptance.acceptance_test, name="acceptance_test"),
    path("tests/<int:test_id>/edit/", testing.AcceptanceTestFormView.as_view(), name="acceptance_test_edit"),
    path("campaigns/<int:campaign_id>/", acceptance.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/edit/", testing.CampaignFormView.as_view(), name="campaign_edit"),
    path("campaigns/<int:campaign_id>/close/", testing.CampaignCloseView.as_view(), name="campaign_close"),
    path("campaigns/<int:campaign_id>/tests/<int:test_id>/run/", testing.campaign_run, name="campaign_run"),
    path("campaigns/<int:campaign_id>/defects/new/", testing.DefectNewView.as_view(), name="defect_new"),
    path("defects/<int:defect_id>/", acceptance.defect, name="defect"),
    path("defects/<int:defect_id>/correct/", testing.DefectCorrectView.as_view(), name="defect_correct"),
    path("defects/<int:defect_id>/close/", testing.DefectCloseView.as_view(), name="defect_close"),
    path("defects/<int:defect_id>/reopen/", testing.DefectReopenView.as_view(), name="defect_reopen"),
    path("projects/<code:code>/risks/", risks.risk_list, name="risk_list"),
    path("projects/<code:code>/risks.csv", risks_export, {"kind": "csv"}, name="risks_csv"),
    path("projects/<code:code>/risks.xlsx", risks_export, {"kind": "xlsx"}, name="risks_xlsx"),
    path("projects/<code:code>/risks/heat/", risks.risk_heat, name="risk_heat"),
    path("projects/<code:code>/risks/scale/", risks.risk_scale, name="risk_scale"),
    path("projects/<code:code>/risks/scale/set/", risking.RiskScaleFormView.as_view(), name="risk_scale_set"),
    path("projects/<code:code>/risks/new/", risking.RiskNewView.as_view(), name="risk_new"),
    path("projects/<code:code>/risks/review/", risking.RisksReviewView.as_view(), name="risks_review"),
    path("risks/<int:risk_id>/", risks.risk, name="risk"),
    path("risks/<int:risk_id>/edit/", risking.RiskEditView.as_view(), name="risk_edit"),
    path("risks/<int:risk_id>/assess/", risking.RiskAssessView.as_view(), name="risk_assess"),
    path("risks/<int:risk_id>/review/", risking.RiskReviewView.as_view(), name="risk_review"),
    path("risks/<int:risk_id>/happened/", risking.RiskMaterialiseView.as_view(), name="risk_materialise"),
    path("risks/<int:risk_id>/settle/<slug:status>/", risking.RiskSettleView.as_view(), name="risk_settle"),
    path("risks/<int:risk_id>/actions/new/", risking.RiskActionFormView.as_view(), name="risk_action_new"),
    path("risk-actions/<int:action_id>/edit/", risking.RiskActionFormView.as_view(), name="risk_action_edit"),
    path("projects/<code:code>/issues/", risks.issue_list, name="issue_list"),
    path("projects/<code:code>/issues/new/", risking.IssueNewView.as_view(), name="issue_new"),
    path("issues/<int:issue_id>/", risks.issue, name="issue"),
    path("issues/<int:issue_id>/settle/", risking.IssueSettleView.as_view(), name="issue_settle"),
    path("projects/<code:code>/conformity/", conformity.conformity, name="conformity"),
    path(
        "projects/<code:code>/conformity/<int:checkpoint_id>/",
        conformity.conformity_checkpoint,
        name="conformity_checkpoint",
    ),
    path(
        "projects/<code:code>/conformity/<int:checkpoint_id>/check/",
        conformity.CheckFormView.as_view(),
        name="conformity_check",
    ),
    path("projects/<code:code>/waivers/", waivers.waiver_list, name="waiver_list"),
    path("waivers/<int:waiver_id>/", waivers.waiver, name="waiver"),
    path("waivers/<int:waiver_id>/revoke/", waivers.WaiverRevokeView.as_view(), name="waiver_revoke"),
    path("waivers/<int:waiver_id>/close/", waivers.WaiverCloseView.as_view(), name="waiver_close"),
    path("projects/<code:code>/register/", register, name="register"),
    path("projects/<code:code>/recipients/", recipients.recipient_list, name="recipient_list"),
    path("projects/<code:code>/recipients/new/", recipients.RecipientNewView.as_view(), name="recipient_new"),
    path("recipients/<int:group_id>/", recipients.recipient, name="recipient"),
    path("recipients/<int:group_id>/edit/", recipients.RecipientEditView.as_view(), name="recipient_edit"),
    path("projects/<code:code>/calendar/", calendar, name="calendar"),
    path("calendar/<uuid:person>/<int:project_id>/<slug:token>.ics", calendar_feed, name="calendar_feed"),
    path("projects/<code:code>/change/", plan.change_plan, name="change_plan"),
    path("projects/<code:code>/change/freeze/", change.ChangePlanFreezeView.as_view(), name="change_plan_freeze"),
    path("projects/<code:code>/change/versions/<int:number>/", plan.change_plan_version, name="change_plan_version"),
    path("projects/<code:code>/change/impact/", change.ImpactFormView.as_view(), name="change_impact_write"),
    path("projects/<code:code>/change/communications/", plan.change_communications, name="change_communications"),
    path(
        "projects/<code:code>/change/communications/new/",
        change.CommunicationFormView.as_view(),
        name="change_communication_new",
    ),
    path("projects/<code:code>/change/training/", plan.change_trainings, name="change_trainings"),
    path("projects/<code:code>/change/training/new/", change.TrainingFormView.as_view(), name="change_training_new"),
    path("projects/<code:code>/change/feedback/", plan.change_feedback, name="change_feedback"),
    path("projects/<code:code>/change/feedback/new/", change.FeedbackFormView.as_view(), name="feedback_new"),
    path("projects/<code:code>/change/adoption/", plan.change_adoption, name="change_adoption"),
    path(
        "projects/<code:code>/change/adoption/new/",
        change.AdoptionIndicatorFormView.as_view(),
        name="change_indicator_new",
    ),
    path(
        "communications/<int:communication_id>/edit/",
        change.CommunicationFormView.as_view(),
        name="change_communication_edit",
    ),
    path("trainings/<int:training_id>/edit/", change.TrainingFormView.as_view(), name="change_training_edit"),
    path(
        "indicators/<int:indicator_id>/edit/", change.AdoptionIndicatorFormView.as_view(), name="change_indicator_edit"
    ),
    path("indicators/<int:indicator_id>/reading/", change.AdoptionReadingFormView.as_view(), name="change_reading_add"),
    path("feedback/<int:feedback_id>/answer/", change.FeedbackAnswerView.as_view(), name="feedback_answer"),
    path("projects/<code:code>/requirements/baselines/", baseline_views.baseline_list, name="baseline_list"),
    path("projects/<code:code>/requirements/baselines/freeze/", baseline_views.baseline_freeze, name="baseline_freeze"),
    path("projects/<code:code>/requirements/baselines/<int:number>/", baseline_views.baseline, name="baseline"),
    path("projects/<code:code>/liaison/", liaison.liaison_list, name="liaison"),
    path("requirements/<int:requirement_id>/ask/", liaison.QuestionAskView.as_view(), name="question_ask"),
    path("requirements/<int:requirement_id>/estimate/", liaison.EstimateGiveView.as_view(), name="estimate_give"),
    path("questions/<int:question_id>/answer/", liaison.QuestionAnswerView.as_view(), name="question_answer"),
    path("projects/<code:code>/documents/", evidence.project_documents, name="project_documents"),
    path("documents/<int:document_id>/replace/", evidence.document_replace, name="document_replace"),
    path("documents/<int:document_id>/versions/<int:number>/", evidence.document_version, name="document_version"),
    path("projects/<code:code>/traceability/", traceability, name="traceability"),
    path("projects/<code:code>/traceability.<slug:kind>", traceability_file, name="traceability_file"),
    path("trace/<slug:what>/<int:item_id>/", trace_path, name="trace_path"),
    path("projects/<code:code>/proposals/", proposal_list, name="proposal_list"),
    path("projects/<code:code>/proposals/new/", proposal_new, name="proposal_new"),
    path("projects/<code:code>/requirements/import/", imports.import_new, name="import_new"),
    path("projects/<code:code>/requirements.csv", requirements_export, {"kind": "csv"}, name="requirements_csv"),
    path("projects/<code:code>/requirements.xlsx", requirements_export, {"kind": "xlsx"}, name="requirements_xlsx"),
    path("projects/<code:code>/requirements.reqif", requirements_export, {"kind": "reqif"}, name="requirements_reqif"),
    path("imports/<int:import_id>/", imports.import_job, name="import_job"),
    path("imports/<int:import_id>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:import_id>/start/", imports.import_start, name="import_start"),
    path("imports/<int:import_id>/stop/", imports.import_stop, name="import_stop"),
    path("projects/<code:code>/requirements/", requirements.requirement_list, name="requirement_list"),
    path("projects/<code:code>/requirements/new/", writing.requirement_new, name="requirement_new"),
    path("projects/<code:code>/requirements/change/", writing.requirements_change, name="requirements_change"),
    path("projects/<code:code>/requirements/lint/", writing.requirement_lint, name="requirement_lint"),
    path("requirements/<int:requirement_id>/", requirements.requirement, name="requirement"),
    path("requirements/<int:requirement_id>/edit/", writing.requirement_edit, name="requirement_edit"),
    path("requirements/<int:requirement_id>/row/", writing.requirement_row, name="requirement_row"),
    path("requirements/<int:requirement_id>/history/", requirements.requirement_history, name="requirement_history"),
    path("projects/<code:code>/roles/", matrix.responsibilities, name="responsibilities"),
    path("projects/<code:code>/roles/compare/", matrix.role_compare, name="role_compare"),
    path("projects/<code:code>/roles/matrix.csv", matrix.download, {"kind": "csv"}, name="responsibilities_csv"),
    path("projects/<code:code>/roles/matrix.xlsx", matrix.download, {"kind": "xlsx"}, name="responsibilities_xlsx"),
    path("projects/<code:code>/roles/matrix.pdf", matrix.download, {"kind": "pdf"}, name="responsibilities_pdf"),
    path("projects/<code:code>/mandates/", mandate_list, name="mandate_list"),
    path("projects/<code:code>/mandates/appoint/", seats.MandateNewView.as_view(), name="mandate_appoint"),
    path("projects/<code:code>/mandates/name-owner/", seats.OwnerNameView.as_view(), name="mandate_name_owner"),
    path("projects/<code:code>/mandates/delegate/", seats.DelegationNewView.as_view(), name="delegation_new"),
    path("projects/<code:code>/authority/", authority, name="authority"),
    path("projects/<code:code>/interests/", impartiality.interests, name="interests"),
    path("projects/<code:code>/interests/bidder/", impartiality.BidderNoteView.as_view(), name="bidder_note"),
    path(
        "projects/<code:code>/interests/declare/", impartiality.InterestDeclareView.as_view(), name="interest_declare"
    ),
    path("interests/<int:interest_id>/settle/", impartiality.InterestSettleView.as_view(), name="interest_settle"),
    path("projects/<code:code>/permissions/", permissions, name="permissions"),
    path("projects/<code:code>/permissions.json", permissions_json, name="permissions_json"),
    path("projects/<code:code>/permissions/mine/", permissions_mine, name="permissions_mine"),
    path("mandates/<int:mandate_id>/accept/", seats.mandate_accept, name="mandate_accept"),
    path("mandates/<int:mandate_id>/end/", seats.MandateEndView.as_view(), name="mandate_end"),
    path("delegations/<int:delegation_id>/revoke/", seats.DelegationRevokeView.as_view(), name="delegation_revoke"),
    path("proposals/<int:proposal_id>/", dossier.dossier, name="dossier"),
    path("proposals/<int:proposal_id>/history/", dossier.history, name="dossier_history"),
    path("proposals/<int:proposal_id>/revisions/<int:number>/", dossier.revision, name="dossier_revision"),
    path("proposals/<int:proposal_id>/edit/", proposal_edit, name="proposal_edit"),
    path("proposals/<int:proposal_id>/evidence/", evidence.proposal_evidence, name="proposal_evidence"),
    path("proposals/<int:proposal_id>/evidence/attach/", evidence.evidence_attach, name="evidence_attach"),
    path(
        "proposals/<int:proposal_id>/evidence/<int:document_id>/detach/",
        evidence.evidence_detach,
        name="evidence_detach",
    ),
    path(
        "proposals/<int:proposal_id>/evidence/<int:document_id>/replace/",
        evidence.evidence_replace,
        name="evidence_replace",
    ),
    path("proposals/<int:proposal_id>/submit/", acts.submit_view, name="proposal_submit"),
    path("proposals/<int:proposal_id>/withdraw/", acts.withdraw_view, name="proposal_withdraw"),
    path("proposals/<int:proposal_id>/take-up/", acts.take_up_view, name="proposal_take_up"),
    path("proposals/<int:proposal_id>/advise/", acts.advise_view, name="proposal_advise"),
    path("proposals/<int:proposal_id>/decide/", acts.decide_view, name="proposal_decide"),
    path("proposals/<int:proposal_id>/binding-opinion/", acts.note_binding_view, name="proposal_note_binding"),
    path("decisions/<int:decision_id>/proof.json", proof, name="decision_proof"),
    path("conditions/<int:condition_id>/prove/", conditions.prove_view, name="condition_prove"),
    path("conditions/<int:condition_id>/lift/", conditions.lift_view, name="condition_lift"),
    path("conditions/<int:condition_id>/waive/", conditions.waive_view, name="condition_waive"),
    path("decisions/<int:decision_id>/read/", decision_acknowledge, name="decision_acknowledge"),
    path("decisions/<int:decision_id>/", record, name="decision_record"),
    path("decisions/<int:decision_id>/record.pdf", record_pdf, name="decision_record_pdf"),
    path("referential/", referential.referential, name="referential"),
    path("referential/import/", referential_import, name="referential_import"),
    path("referential/<slug:pack>/export.yaml", referential.referential_export, name="referential_export"),
    path("referential/<slug:pack>/new/", referential_acts.referential_role_new, name="referential_role_new"),
    path(
        "referential/templates/<int:template_id>/", referential_acts.referential_template, name="referential_template"
    ),
    path("referential/templates/<int:template_id>/next/", referential_acts.referential_next, name="referential_next"),
    path(
        "referential/templates/<int:template_id>/differences/",
        referential.referential_differences,
        name="referential_differences",
    ),
    path(
        "referential/templates/<int:template_id>/publish/",
        referential_acts.referential_publish,
        name="referential_publish",
    ),
    path(
        "referential/templates/<int:template_id>/retire/",
        referential_acts.referential_retire,
        name="referential_retire",
    ),
    path(
        "referential/templates/<int:template_id>/responsibilities/new/",
        referential_acts.referential_duty_new,
        name="referential_duty_new",
    ),
    path(
        "referential/responsibilities/<int:duty_id>/",
        referential_acts.referential_duty_edit,
        name="referential_duty_edit",
    ),
    path(
        "referential/responsibilities/<int:duty_id>/move/",
        referential_acts.referential_duty_move,
        name="referential_duty_move",
    ),
    path(
        "referential/responsibilities/<int:duty_id>/remove/",
        referential_acts.referential_duty_remove,
        name="referential_duty_remove",
    ),
    path("projects/<code:code>/standards/", library.standard_list, name="standard_list"),
    path("projects/<code:code>/standards/new/", keeping.standard_new, name="standard_new"),
    path("projects/<code:code>/standards/install/", keeping.standard_install, name="standard_install"),
    path("projects/<code:code>/standards/tools/", library.library_entries, name="library_entries"),
    path("projects/<code:code>/standards/tools/new/", keeping.EntryFormView.as_view(), name="library_entry_new"),
    path("standards/<int:standard_id>/", library.standard, name="standard"),
    path("standards/<int:standard_id>/differences/", library.standard_differences, name="standard_differences"),
    path("standards/<int:standard_id>/next/", keeping.standard_next, name="standard_next"),
    path("standards/versions/<int:standard_version_id>/edit/", keeping.standard_edit, name="standard_edit"),
    path("standards/versions/<int:standard_version_id>/template/", library.standard_template, name="standard_template"),
    path("library/<int:entry_id>/edit/", keeping.EntryFormView.as_view(), name="library_entry_edit"),
    path("library/<int:entry_id>/document/", library.library_document, name="library_document"),
    path("projects/<code:code>/weather/", weather, name="weather"),
    path("projects/<code:code>/weather/publish/", WeatherFormView.as_view(), name="weather_publish"),
    path("projects/<code:code>/indicators/", steering_indicators, name="steering_indicators"),
    path("projects/<code:code>/indicators/new/", indicators.IndicatorFormView.as_view(), name="steering_indicator_new"),
    path("projects/<code:code>/indicators/catalogue/", indicators.steering_catalogue, name="steering_catalogue"),
    path("projects/<code:code>/indicators/compute/", indicators.steering_compute, name="steering_compute"),
    path("projects/<code:code>/indicators/import/", indicators.steering_import, name="steering_import"),
    path("steering/<int:steering_id>/edit/", indicators.IndicatorFormView.as_view(), name="steering_indicator_edit"),
    path(
        "steering/<int:steering_id>/reading/",
        indicators.IndicatorReadingFormView.as_view(),
        name="steering_reading_add",
    ),
    path("projects/<code:code>/schedule/", schedule.schedule, name="schedule"),
    path("projects/<code:code>/schedule/milestones/new/", schedule.MilestoneFormView.as_view(), name="milestone_new"),
    path(
        "projects/<code:code>/schedule/dependencies/new/", schedule.DependencyFormView.as_view(), name="dependency_new"
    ),
    path("milestones/<int:milestone_id>/edit/", schedule.MilestoneFormView.as_view(), name="milestone_edit"),
    path("milestones/<int:milestone_id>/forecast/", schedule.ForecastFormView.as_view(), name="milestone_forecast"),
    path("dependencies/<int:dependency_id>/edit/", schedule.DependencyFormView.as_view(), name="dependency_edit"),
    path("projects/<code:code>/means/", means.means, name="means"),
    path("projects/<code:code>/means/new/", means.BudgetLineFormView.as_view(), name="budget_line_new"),
    path("budget-lines/<int:line_id>/edit/", means.BudgetLineFormView.as_view(), name="budget_line_edit"),
    path("projects/<code:code>/success/", success.success, name="success"),
    path("projects/<code:code>/success/new/", success.CriterionFormView.as_view(), name="criterion_new"),
    path("projects/<code:code>/success/benefits/new/", success.BenefitFormView.as_view(), name="benefit_new"),
    path("projects/<code:code>/success/freeze/", success.CriteriaFreezeView.as_view(), name="criteria_freeze"),
    path("success/<int:criterion_id>/edit/", success.CriterionFormView.as_view(), name="criterion_edit"),
    path("success/<int:criterion_id>/drop/", success.CriterionDropView.as_view(), name="criterion_drop"),
    path("success/<int:criterion_id>/measure/", success.MeasureFormView.as_view(), name="criterion_measure"),
    path("lessons/", learned.lesson_list, name="lesson_list"),
    path("projects/<code:code>/lessons/", learned.lessons, name="lessons"),
    path("projects/<code:code>/lessons/new/", learned.LessonFormView.as_view(), name="lesson_new"),
    path("lessons/<int:lesson_id>/edit/", learned.LessonFormView.as_view(), name="lesson_edit"),
    path("notifications/", notification_list, name="notification_list"),
    path("notifications/read/", notifications_read, name="notifications_read"),
]
