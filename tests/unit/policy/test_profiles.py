"""A profile is never loosened by what follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Route
from bot.policy.decide import routes_of
from bot.policy.profiles import CREDIT, IDENTIFIERS, profiled
from bot.policy.rules import SINKS, DataUse, Designation, ProfileName, Sink, allowed
from bot.why import sink_says
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from tests.builders import DM, TERMS, TODAY, ask, decision_for, parts_of, passage, shipped_rules

DESIGNATION = Designation("CISO", date(2026, 1, 1), date(2026, 12, 31), "IT-26-7")
PROFILES: tuple[ProfileName, ...] = ("standard", "finance", "on_prem_only", "cloud_only")
KINDS = [*sorted(IDENTIFIERS | CREDIT), "phone", "source"]

levels = st.sampled_from(list(Level))
labels = st.builds(lambda level, kind: Label.of(level, kind, "x"), levels, st.sampled_from(KINDS))
sinks = st.builds(Sink, st.just("cloud"), levels, st.frozensets(st.sampled_from(KINDS)))


@given(sinks, labels, st.sampled_from([None, DESIGNATION]))
def test_no_line_lets_an_identifier_or_credit_data_through_the_profile_finance(
    cloud: Sink, label: Label, designation: Designation | None
) -> None:
    rules = shipped_rules()
    loose = replace(rules, profile="finance", designation=designation, sinks={**rules.sinks, "cloud": cloud}, kinds={})
    tight = profiled(loose).under(TERMS, TODAY)
    if designation is None or label.kinds & (IDENTIFIERS | CREDIT):
        assert not allowed(label, tight.sinks["cloud"])
    assert Route.CLOUD not in routes_of(Label.of(Level.PUBLIC, "card", "q"), NOTHING_SENSITIVE, DM, tight)


@given(sinks, labels, st.sampled_from(PROFILES))
def test_a_profile_never_allows_what_the_rest_of_the_file_does_not(
    cloud: Sink, label: Label, profile: ProfileName
) -> None:
    rules = replace(shipped_rules(), profile=profile)
    rules = replace(rules, sinks={**rules.sinks, "cloud": cloud})
    for name in SINKS:
        if allowed(label, profiled(rules).sinks[name]):
            assert allowed(label, rules.sinks[name])


@pytest.mark.parametrize(
    ("day", "open_"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2027, 1, 1), False)]
)
def test_a_designation_opens_the_cloud_for_its_days_only(day: date, open_: bool) -> None:
    rules = profiled(replace(shipped_rules(), profile="finance", designation=DESIGNATION))
    terms = DataUse(training=False, expires=date(2035, 1, 1))
    routes = decision_for(parts_of(ask(), passage()), rules.under(terms, day)).routes
    assert (Route.CLOUD in routes) is open_


@pytest.mark.parametrize(
    ("profile", "routes"),
    [
        ("on_prem_only", (Route.ON_PREM, Route.QUOTE)),
        ("cloud_only", (Route.CLOUD, Route.QUOTE)),
        ("finance", (Route.ON_PREM, Route.QUOTE)),
    ],
)
def test_a_closed_model_is_no_route_and_the_decision_says_why(profile: ProfileName, routes: tuple[Route, ...]) -> None:
    rules = profiled(replace(shipped_rules(), profile=profile))
    decision = decision_for(parts_of(ask(), passage()), rules)
    assert decision.routes == routes
    verdict = decision.verdict("on_prem" if profile == "cloud_only" else "cloud")
    told = sink_says(verdict.allowed, verdict.ceiling, verdict.against)
    assert told.startswith("no: profile (the profile " + profile)
