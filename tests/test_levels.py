"""The cases that portfolios, programmes and projects must pass, each with the tests that show it.

Services and database stand in the first tests of a case, Chromium in those of tests/e2e.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DUTIES, PLACE, STEERING = "governance/decide/obligations/test_", "governance/place/test_", "pmo/steering/"
RULES = "governance/life/level_rules/test_level_rules.py"

CASES = {
    "a year of a level has no duty, gate or words of a project": (
        f"{DUTIES}levels.py::a_year_of_a_level_gives_no_duty_of_a_role_that_it_lacks",
        f"{STEERING}levels/test_homes.py::a_portfolio_has_a_state_and_no_weather",
        f"{STEERING}gates/test_levels.py::each_level_has_its_gates",
        "pages/test_level_words.py::no_page_calls_a_programme_or_a_portfolio_a_project",
    ),
    "evidence on a risk that turns red fades, and an action renews it": (
        f"{DUTIES}ages.py::a_red_risk_without_an_action_makes_the_office_fade_and_the_action_renews_it_that_day",
        f"{DUTIES}silences.py::a_red_risk_without_an_action_waits_for_the_owner_and_for_the_office",
    ),
    "a report before its month, then one of three letters": (
        f"{DUTIES}evidence.py::the_report_of_a_month_that_has_not_run_is_refused_in_words",
        f"{DUTIES}evidence.py::aaa_for_a_month_does_not_count_and_what_is_not_received_reopens_it_for_five_days",
        f"{DUTIES}evidence.py::an_attack_is_refused_and_passes_without_its_trigger",
        "e2e/test_evidence_journey.py::",
    ),
    "shares beyond the budget": (
        f"{PLACE}shares.py::shares_beyond_the_budget_are_refused_unless_the_same_decision_raises_it",
        f"{PLACE}shares.py::attacks_are_refused_and_pass_without_their_trigger",
        f"{PLACE}seeded.py::the_database_finds_all_of_300_seeded_contradictions_and_invents_none",
        f"{PLACE}bounds.py::a_budget_stays_within_the_share_above_and_covers_the_shares_below",
        "e2e/test_place_journey.py::shares_beyond_the_budget_pass_with_the_decision_that_raises_it",
    ),
    "what is needed before it is forecast": (
        "pmo/registers/schedule/test_dependencies.py::the_owner_in_need_passes_a_late_dependency_with_a_word_only",
        "pmo/registers/schedule/test_dependencies.py::"
        "both_owners_and_the_parent_see_it_with_the_word_and_the_next_gate_asks_again",
        "e2e/test_dependency_journey.py::what_is_needed_too_late_passes_with_a_word_of_the_owner_in_need",
    ),
    "the owner above decides an exit": (
        f"{PLACE}entries.py::an_exit_withdraws_share_and_place_and_asks_the_owner_below",
        f"{PLACE}entries.py::the_owner_above_decides_nothing_inside",
        f"{PLACE}bounds.py::an_award_is_bounded_by_each_level_above_it",
        "e2e/test_place_journey.py::the_owner_above_ends_a_place_and_decides_nothing_inside",
    ),
    "a decision due tomorrow and twelve points long late": (
        "governance/desk/inbox/test_weights.py::"
        "a_decision_due_tomorrow_comes_before_twelve_points_that_are_200_days_late",
        "e2e/test_late_journey.py::my_tasks_begin_with_what_others_need_and_say_why",
    ),
    "a closing with 48 open items": (
        "governance/life/closure/test_closure.py::one_word_answers_a_group_and_a_role_or_an_item_has_its_own",
        "governance/life/carry_overs/test_carry_overs.py::what_is_not_accepted_in_time_falls_to_the_owner",
        "e2e/test_closing_journey.py::a_closing_is_answered_in_groups_and_what_it_carries_over_is_accepted_elsewhere",
    ),
    "a level that was run as a project": (
        f"{RULES}::an_upgrade_prepares_the_rules_of_the_level_once_and_changes_nothing",
        f"{RULES}::the_duties_of_a_role_never_filled_are_not_counted_until_then",
        f"{RULES}::the_owner_takes_the_rules_and_releases_the_roles_that_the_level_lacks",
        "e2e/test_place_journey.py::a_level_that_was_run_as_a_project_takes_its_own_rules",
    ),
    "an end of stage with a benefit that nobody measured, and a storm": (
        f"{STEERING}gates/test_levels.py::an_end_of_stage_with_an_unmeasured_benefit_passes_only_with_words",
        f"{STEERING}levels/test_aspects.py::one_stormy_project_makes_no_storm_above_it",
    ),
    "a portfolio that ends": (
        f"{STEERING}gates/test_levels.py::a_portfolio_opens_and_ends",
        f"{PLACE}entries.py::a_parent_does_not_end_before_what_is_below",
    ),
}


@pytest.mark.parametrize("place", [place for places in CASES.values() for place in places])
def test_each_case_has_its_tests(place: str) -> None:
    path, _sign, name = place.partition("::")
    assert re.search(rf"^def test_{name}", (TESTS / path).read_text(), re.MULTILINE)
