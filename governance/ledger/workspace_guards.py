"""What the database asks of the business workspace: an event for each change, a decision for what only it does."""

import pgtrigger

from governance.ledger.guards import leaves_an_event_of_its_project
from projects import models as projects
from roles.guards import refuse

#: Rows that change only with an event of their project.
WATCHED = (
    projects.RecipientGroup,
    projects.Requirement,
    projects.RequirementVersion,
    projects.RequirementBaseline,
    projects.Question,
    projects.Estimate,
    projects.Deliverable,
    projects.AcceptanceTest,
    projects.AcceptanceCampaign,
    projects.TestRun,
    projects.Defect,
    projects.ChangeImpact,
    projects.CommunicationAction,
    projects.TrainingSession,
    projects.FeedbackItem,
    projects.AdoptionIndicator,
    projects.AdoptionReading,
    projects.ChangePlan,
    projects.Indicator,
    projects.IndicatorReading,
    projects.WeatherReport,
    projects.Milestone,
    projects.MilestoneForecast,
    projects.Dependency,
    projects.BudgetLine,
    projects.BudgetReading,
    projects.SuccessCriterion,
    projects.SuccessCriteriaSet,
    projects.CriterionMeasure,
    projects.LessonLearned,
    projects.RiskScale,
    projects.Risk,
    projects.RiskRating,
    projects.RiskAction,
    projects.RiskReview,
    projects.RiskAcceptance,
    projects.Issue,
)

#: The effects of decisions on a project that were noted in this transaction.
EFFECT = """SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
    WHERE d.project_id = NEW.project_id AND e.recorded_at >= transaction_timestamp() AND e.field = '{field}'"""

DECIDED_BY_THE_OWNER = pgtrigger.Trigger(
    name="is_decided_by_the_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF (NEW.in_force_id IS DISTINCT FROM OLD.in_force_id OR NEW.state <> OLD.state AND NEW.state = 'approved')
           AND NOT EXISTS ({EFFECT.format(field="baseline")}) THEN
          {refuse("Only a decision of the owner approves a requirement, or ends an approval (R1)")}
        END IF;
        IF NEW.in_force_id IS DISTINCT FROM OLD.in_force_id AND NEW.in_force_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.projects_project p JOIN public.projects_baselineentry b ON b.baseline_id = p.baseline_id
             WHERE p.id = NEW.project_id AND b.version_id = NEW.in_force_id) THEN
          {refuse("The version in force is the one in the approved baseline")}
        END IF;
        IF NEW.state = 'approved' AND NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.projects_requirementversion v
             WHERE v.id = NEW.in_force_id AND v.number = NEW.version) THEN
          {refuse("What is approved is the exact version that was frozen")}
        END IF;
        IF NEW.state <> OLD.state AND (NEW.state = 'accepted' OR OLD.state = 'accepted' AND NEW.state = 'verified')
           AND NOT EXISTS ({EFFECT.format(field="acceptance")}) THEN
          {refuse("Only a decision of the owner accepts what was tested (R1)")}
        END IF;
        IF NEW.state = 'rejected' AND NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.governance_decision d
             WHERE d.project_id = NEW.project_id AND d.outcome = 'rejected'
               AND d.recorded_at >= transaction_timestamp()) THEN
          {refuse("Only a decision of the owner rejects a requirement (R1)")}
        END IF;
        RETURN NULL;
    """,
)

#: The effect of a decision on this very risk, noted in this transaction.
ACCEPTED = f"""{EFFECT.format(field="risk_acceptance")} AND e.subject = 'projects.riskacceptance'
    AND e.subject_id = {{acceptance}} AND e.after <> ''"""

RISK_ACCEPTED_BY_THE_OWNER = pgtrigger.Trigger(
    name="is_accepted_by_the_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.acceptance_id IS NOT NULL AND NEW.acceptance_id IS DISTINCT FROM OLD.acceptance_id
           AND NOT EXISTS ({ACCEPTED.format(acceptance="NEW.acceptance_id")}) THEN
          {refuse("Only a decision of the owner accepts a risk (R1, R9)")}
        END IF;
        RETURN NULL;
    """,
)
ACCEPTANCE_DECIDED_BY_THE_OWNER = pgtrigger.Trigger(
    name="is_decided_by_the_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NOT EXISTS ({ACCEPTED.format(acceptance="NEW.id")}) THEN
          {refuse("Only a decision of the owner makes an acceptance (R1, R9)")}
        END IF;
        RETURN NULL;
    """,
)


CRITERIA_ARE_APPROVED_BY_THE_OWNER = pgtrigger.Trigger(
    name="is_approved_by_the_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.state <> OLD.state AND 'approved' IN (NEW.state, OLD.state)
           AND NOT EXISTS ({EFFECT.format(field="criteria")}) THEN
          {refuse("Only a decision of the owner approves a success criterion, or ends that (R1)")}
        END IF;
        IF NEW.state = 'approved' AND NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.projects_successcriteriaset s JOIN public.governance_effect e ON e.subject_id = s.id
             JOIN public.governance_decision d ON d.id = e.decision_id
             WHERE s.project_id = NEW.project_id AND d.project_id = NEW.project_id
               AND e.subject = 'projects.successcriteriaset' AND e.field = 'criteria' AND e.after <> ''
               AND e.recorded_at >= transaction_timestamp()
               AND s.content @> jsonb_build_array(jsonb_build_object(
                 'number', NEW.number::text, 'text', NEW.text, 'measure', NEW.measure, 'target', NEW.target))) THEN
          {refuse("What is approved is the exact criterion that was frozen")}
        END IF;
        RETURN NULL;
    """,
)


def watch() -> None:
    """Register the triggers on the tables of the layer below."""
    for model in WATCHED:
        pgtrigger.register(leaves_an_event_of_its_project(model._meta.label_lower))(model)
    pgtrigger.register(DECIDED_BY_THE_OWNER)(projects.Requirement)
    pgtrigger.register(CRITERIA_ARE_APPROVED_BY_THE_OWNER)(projects.SuccessCriterion)
    pgtrigger.register(RISK_ACCEPTED_BY_THE_OWNER)(projects.Risk)
    pgtrigger.register(ACCEPTANCE_DECIDED_BY_THE_OWNER)(projects.RiskAcceptance)
