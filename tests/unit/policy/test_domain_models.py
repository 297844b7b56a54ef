"""Which on-prem model answers: a choice among models that may be asked anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.policy import remarks
from bot.domain import Attached, Room, Route
from bot.policy.compare import changes, only_tightens
from bot.policy.decide import Decision, decide
from bot.policy.parts import attached_parts
from bot.policy.permit import PermitFault, domain_permit
from bot.policy.policy_file import rules_of
from bot.policy.rules import Rules
from bot.prompt import Template, build
from bot.toml_file import SettingsFault
from retrieval.label import Level
from retrieval.split import Piece
from tests.builders import CLOUD_FIRST, DM, ROOT, ask, document, parts_of, passage, shipped_rules
from tests.unit.policy.test_compare import policies
from tests.unit.policy.test_compare import rooms as any_room

GENERAL = Room("C1", "General", "public")
SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
TEMPLATE = Template("Answer from the passages.")


def naming(rooms: Mapping[str, str] | None = None, sources: Mapping[str, str] | None = None) -> Rules:
    return replace(shipped_rules(), model_rooms=rooms or {}, model_sources=sources or {})


def decided(rules: Rules, *sources: str, room: Room = DM, level: Level = Level.PUBLIC) -> Decision:
    found = (passage(of=document(n, level, source=source)) for n, source in enumerate(sources, 1))
    return decide(parts_of(ask(room=room), *found, rules=rules), room, rules, UUID(int=1))


def test_a_room_has_its_model_by_its_id_or_its_name() -> None:
    for key in ("C1", "general"):
        rules = naming(rooms={key: "hr-small"})
        assert decided(rules, "handbook", room=GENERAL).domain_model == "hr-small"
        assert decided(rules, "handbook").domain_model is None


def test_a_source_has_its_model_where_every_passage_is_of_it() -> None:
    rules = naming(sources={"hr": "hr-small", "pay": "hr-small", "legal": "law"})
    assert decided(rules, "hr").domain_model == "hr-small"
    assert decided(rules, "hr", "hr", "pay").domain_model == "hr-small"
    for mixed in (("hr", "legal"), ("hr", "wiki"), ("wiki",), ()):
        assert decided(rules, *mixed).domain_model is None, mixed


def test_the_room_counts_before_the_source() -> None:
    rules = naming(rooms={"C1": "desk"}, sources={"hr": "hr-small"})
    assert decided(rules, "hr", room=GENERAL).domain_model == "desk"


def test_a_file_that_comes_with_the_question_is_of_no_source() -> None:
    rules = naming(sources={"hr": "hr-small"})
    asked, file = ask(), Attached("a.txt", (Piece((), "위약금은 백만 원이다."),))
    parts = (*parts_of(asked, passage(of=document(source="hr")), rules=rules), *attached_parts((file,), 2, DM, rules))
    assert decide(parts, DM, rules, UUID(int=1)).domain_model is None


tables = st.dictionaries(st.sampled_from(["C1", "C3", "hr", "wiki", "general"]), st.sampled_from(["a", "b"]))


@given(policies(), tables, tables, any_room, st.sampled_from(Level), st.sets(st.sampled_from(["wiki", "hr", "other"])))
def test_a_domain_model_never_changes_what_is_allowed_and_is_never_named_where_on_prem_is_not(
    drawn: Rules, by_room: Mapping[str, str], by_source: Mapping[str, str], room: Room, level: Level, of: set[str]
) -> None:
    rules = replace(drawn, model_rooms={}, model_sources={})
    named = replace(rules, model_rooms=by_room, model_sources=by_source)
    before, after = (decided(one, *sorted(of), room=room, level=level) for one in (rules, named))
    assert (after.routes, after.label, after.verdicts) == (before.routes, before.label, before.verdicts)
    assert before.domain_model is None
    assert after.domain_model is None or Route.ON_PREM in after.routes
    assert only_tightens(changes(rules, named))
    parts = parts_of(ask(room=room), *(passage(of=document(source=one)) for one in of), rules=named)
    prompt = build(TEMPLATE, parts, mark="m")
    try:
        issued = domain_permit(after, prompt, named)
    except PermitFault:
        return
    assert (issued.route, issued.model) == (Route.ON_PREM, after.domain_model)


def test_its_permit_is_for_the_model_in_the_building_though_the_cloud_comes_first() -> None:
    rules = naming(sources={"handbook": "hr-small"})
    decision = decided(rules, "handbook")
    assert decision.routes == CLOUD_FIRST
    issued = domain_permit(decision, build(TEMPLATE, parts_of(ask(), passage(), rules=rules), mark="m"), rules)
    assert (issued.route, issued.model) == (Route.ON_PREM, "hr-small")


def test_there_is_no_permit_for_a_model_that_the_decision_does_not_name() -> None:
    rules = naming(sources={"hr": "hr-small"})
    with pytest.raises(PermitFault, match="names no domain model"):
        domain_permit(decided(rules, "wiki"), build(TEMPLATE, (), mark="m"), rules)


# -- policy.toml -------------------------------------------------------------------------------------------------


def said(more: str, text: str = SHIPPED) -> Rules:
    return rules_of(f"{text}\n{more}".encode(), "policy.toml")


def test_a_policy_names_them_and_its_hash_knows() -> None:
    rules = said(
        '[domain_models.rooms]\n"#HR-Desk" = "hr-small"\nC1 = "org/law-7b"\n[domain_models.sources]\nhr = "x"\n'
    )
    assert rules.model_rooms == {"hr-desk": "hr-small", "C1": "org/law-7b"}
    assert rules.model_sources == {"hr": "x"}
    assert rules.domain_models == {"hr-small", "org/law-7b", "x"}
    others = (said('[domain_models.sources]\nhr = "x"'), said('[domain_models.rooms]\nhr = "x"'), said(""))
    assert len({rules.hash, *(one.hash for one in others)}) == 4


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[domain_models.rooms]\nhr = "a"\n"#HR" = "b"', 'domain_models.rooms."#HR" is there twice, first as "hr"'),
        ('[domain_models.rooms]\n"#" = "a"', 'domain_models.rooms."#" names nothing'),
        (
            '[domain_models.sources]\nhr = "two words"',
            "domain_models.sources.\"hr\" is 'two words', which is no name of a",
        ),
        ('[domain_models.rooms]\nhr = "<!channel>"', "which is no name of a model"),
        ('[domain_models.rooms]\nhr = ""', "domain_models.rooms.hr"),
        ('[domain_models]\nroom = {hr = "a"}', "domain_models.room is not a setting"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_a_sentence(more: str, says: str) -> None:
    with pytest.raises(SettingsFault) as raised:
        said(more)
    assert says in str(raised.value)


def test_without_an_on_prem_model_there_is_nothing_to_choose() -> None:
    cloud_only = 'profile = "cloud_only"\n' + SHIPPED.replace('ceiling = "restricted"', 'ceiling = "public"', 1)
    said("", cloud_only)
    with pytest.raises(SettingsFault, match="domain_models names hr-small, and the profile cloud_only sends nothing"):
        said('[domain_models.sources]\nhr = "hr-small"', cloud_only)


def test_a_source_that_naru_toml_does_not_have_is_remarked() -> None:
    found = list(remarks(naming(sources={"hr": "hr-small", "handbook": "x"}), ["handbook"]))
    assert "domain_models.sources.hr names a source that naru.toml does not have: it changes nothing." in found
    assert not any("handbook" in one for one in found)


def test_two_policies_that_differ_in_it_are_neither_looser_nor_tighter() -> None:
    found = changes(naming(rooms={"C1": "a"}), naming(rooms={"C1": "b"}, sources={"hr": "a"}))
    assert [(one.way, one.what) for one in found] == [
        ("other", "domain_models.rooms"),
        ("other", "domain_models.sources"),
    ]
