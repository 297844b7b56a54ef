"""A Permit covers exactly what was decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Route
from bot.policy.messages import messages
from bot.policy.permit import Permit, PermitFault, digest_of, permit
from bot.prompt import Template, build
from retrieval.label import Level
from tests.builders import ask, decision_for, document, parts_of, passage, rrn, shipped_rules

TEMPLATE = Template("Answer from the passages.")


def test_a_permit_is_issued_for_what_was_decided() -> None:
    parts = parts_of(ask(), passage())
    prompt = build(TEMPLATE, parts, mark="m1")
    issued = permit(decision_for(parts), prompt, Route.CLOUD, "gpt", shipped_rules())
    assert issued.digest == digest_of(messages(prompt))
    assert issued.route is Route.CLOUD


def test_no_permit_for_a_route_that_was_not_decided() -> None:
    parts = parts_of(ask(rrn()), passage())
    with pytest.raises(PermitFault, match="does not allow"):
        permit(decision_for(parts), build(TEMPLATE, parts, mark="m"), Route.CLOUD, "gpt", shipped_rules())


@pytest.mark.parametrize("route", [Route.QUOTE, Route.REFUSE])
def test_no_permit_for_a_route_without_a_model(route: Route) -> None:
    parts = parts_of(ask(), passage())
    with pytest.raises(PermitFault):
        permit(decision_for(parts), build(TEMPLATE, parts, mark="m"), route, "gpt", shipped_rules())


def test_no_permit_when_the_prompt_holds_more_than_was_decided() -> None:
    decided = decision_for(parts_of(ask(), passage()))
    prompt = build(TEMPLATE, parts_of(ask(), passage(of=document(level=Level.CONFIDENTIAL))), mark="m")
    with pytest.raises(PermitFault, match="more sensitive"):
        permit(decided, prompt, Route.CLOUD, "gpt", shipped_rules())


def test_no_permit_when_leaving_a_part_out_brings_the_halves_of_an_identifier_together() -> None:
    """The prompt is joined again as it is, not as it was when it was decided."""
    whole = rrn()
    titles = (document(1, title=whole[:7]), document(2, title=whole[7:]))
    apart = parts_of(ask(), *(passage("휴가는 열다섯 날이다. " * 9, of=each, heading="") for each in titles))
    decided = decision_for(apart)
    assert Route.CLOUD in decided.routes
    halves = tuple(part for part in apart if part.text in (whole[:7], whole[7:]))
    with pytest.raises(PermitFault, match="more sensitive"):
        permit(decided, halves, Route.CLOUD, "gpt", shipped_rules())


def test_no_permit_when_the_policy_has_changed_since() -> None:
    parts = parts_of(ask(), passage())
    changed = replace(shipped_rules(), prefer=Route.ON_PREM)
    with pytest.raises(PermitFault, match="policy has changed"):
        permit(decision_for(parts), build(TEMPLATE, parts, mark="m"), Route.CLOUD, "gpt", changed)


def test_no_permit_while_the_policy_only_watches() -> None:
    watching = replace(shipped_rules(), shadow=True)
    parts = parts_of(ask(), passage())
    with pytest.raises(PermitFault, match="shadow mode"):
        permit(decision_for(parts, watching), build(TEMPLATE, parts, mark="m"), Route.CLOUD, "gpt", watching)


def test_a_permit_cannot_be_made_elsewhere() -> None:
    with pytest.raises(TypeError, match=r"permit\.py"):
        Permit("id", decision_for(parts_of(ask())).id, Route.CLOUD, "gpt", "digest")


chats = st.lists(st.fixed_dictionaries({"role": st.sampled_from(["system", "user"]), "content": st.text()}))


@given(chats, chats)
def test_two_chats_have_one_digest_only_when_they_say_the_same(
    a: list[dict[str, str]], b: list[dict[str, str]]
) -> None:
    assert (digest_of(a) == digest_of(b)) == (a == b)
