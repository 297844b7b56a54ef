"""What comes with a question is labelled like everything else, and never lets more out than there was without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Attached, Room, Route
from bot.models.quote import quote
from bot.policy.decide import decide
from bot.policy.messages import messages
from bot.policy.parts import Prompt, Role, attached_parts, joined, passage_parts, question_part
from bot.policy.permit import permit
from bot.policy.policy_file import load_rules
from bot.prompt import Template, build
from retrieval.label import ImportedLabel, Level
from retrieval.split import Piece
from tests.builders import DM, ROOT, api_key, ask, decision_for, passage, rrn, shipped_rules

RULES = replace(shipped_rules(), attachments=Level.PUBLIC)
"""So that a file's own level decides nothing: what is found in it does."""
HARMLESS = Piece(("위약금",), "위약금은 총액의 이십 퍼센트입니다.")
SECRETS = {"rrn": rrn(), "key": api_key(), "email": "kim.h@corp" + ".example"}


def attached(*files: Attached, first: int = 1, room: Room = DM) -> Prompt:
    return attached_parts(files, first, room, RULES)


def file(*pieces: Piece | str, name: str = "계약서.md") -> Attached:
    return Attached(name, tuple(p if isinstance(p, Piece) else Piece((), p) for p in pieces))


def routes(*parts: Prompt, room: Room = DM) -> tuple[Route, ...]:
    prompt = (*(part for some in parts for part in some), question_part(ask(), RULES))
    return decision_for(prompt, RULES, room).routes


def test_a_harmless_file_of_no_level_may_go_where_the_question_may() -> None:
    assert Route.CLOUD in routes(attached(file(HARMLESS)))


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("where", ["name", "heading", "text"])
def test_what_stands_in_a_file_alone_keeps_the_question_off_the_cloud(where: str, secret: str) -> None:
    holds = {
        "name": file(HARMLESS, name=f"{secret}.md"),
        "heading": file(Piece((secret,), "위약금")),
        "text": file(HARMLESS, f"문의는 {secret} 로"),
    }
    assert Route.CLOUD not in routes(attached(holds[where]))


def test_a_label_that_a_file_carries_counts_as_it_does_in_a_source() -> None:
    known = replace(RULES, labels={"public": Level.PUBLIC, "highly confidential": Level.RESTRICTED})
    for name, level in (("Public", Level.PUBLIC), ("Highly Confidential", Level.RESTRICTED), ("odd", Level.RESTRICTED)):
        carried = replace(file(HARMLESS), labels=(ImportedLabel(name),))
        parts = attached_parts((carried,), 1, DM, known)
        assert joined(parts, known).level == max(level, known.room_label(DM).level)


def test_a_file_of_which_nothing_is_used_still_has_its_level() -> None:
    parts = attached_parts((Attached("빈.md"),), 1, DM, replace(RULES, attachments=Level.RESTRICTED))
    assert joined(parts, RULES).level is Level.RESTRICTED


@given(st.integers(1, 12), st.integers(1, 12))
def test_an_identifier_that_is_cut_between_two_pieces_is_found(at: int, other: int) -> None:
    whole = rrn()
    first, last = sorted((at, other))
    pieces = [text for text in (whole[:first], whole[first:last], whole[last:]) if text]
    assert "kr_rrn" in joined(attached(file(*pieces)), RULES).kinds


def test_the_room_and_the_policys_level_for_files_count() -> None:
    private = Room("C3", "hr", "private")
    assert joined(attached(file(HARMLESS), room=private), RULES).level is Level.CONFIDENTIAL
    strict = replace(RULES, attachments=Level.RESTRICTED)
    label = joined(attached_parts((file(HARMLESS),), 1, DM, strict), strict)
    assert (Level.RESTRICTED, "attached") in {(r.level, r.kind) for r in label.reasons}


def test_what_cannot_be_read_is_restricted_and_no_text() -> None:
    parts = attached(Attached("scan.pdf", unread="scan.pdf holds pictures and no text"), file(HARMLESS))
    assert "scan" not in str(messages(parts))
    assert joined(parts, RULES).level is Level.RESTRICTED
    assert Route.CLOUD not in routes(parts)


def test_a_permit_sees_what_could_not_be_read() -> None:
    """The label without text is part of the prompt: a Permit for the cloud is refused whatever was decided."""
    unread = Attached("scan.pdf", unread="cannot be read")
    prompt = build(Template("t"), (*attached(unread), question_part(ask(), RULES)), mark="m")
    assert joined(prompt, RULES).level is Level.RESTRICTED


@given(st.lists(st.sampled_from([*SECRETS.values(), "연차", "위약금"]), max_size=4), st.sampled_from(list(Level)))
def test_a_file_never_lets_out_more_than_the_question_alone(texts: list[str], level: Level) -> None:
    rules = replace(RULES, attachments=level)
    alone = (*passage_parts(1, passage(), rules), question_part(ask(), rules))
    with_file = (*alone[:-1], *attached_parts((file(*texts),), 2, DM, rules), alone[-1])
    shores = {Route.CLOUD, Route.ON_PREM}
    decided = [set(decision_for(prompt, rules).routes) & shores for prompt in (with_file, alone)]
    assert decided[0] <= decided[1]


def test_the_room_sees_the_file_anyway_so_its_ceiling_is_not_asked() -> None:
    public = Room("C1", "general", "public")
    rules = replace(RULES, attachments=Level.CONFIDENTIAL)
    parts = (*attached_parts((file(HARMLESS),), 1, public, rules), question_part(ask(room=public), rules))
    decision = decide(parts, public, rules, ask().id)
    assert decision.routes == (Route.ON_PREM, Route.QUOTE)


def test_pieces_stand_in_the_prompt_under_their_numbers_after_the_passages() -> None:
    parts = (
        *passage_parts(1, passage(), RULES),
        *attached(file(HARMLESS, "둘째"), first=2),
        question_part(ask(), RULES),
    )
    said = messages(build(Template("t"), parts, mark="m"))[1]["content"]
    assert "<m passage 2, attached>\n계약서.md\n위약금\n위약금은 총액의 이십 퍼센트입니다.\n</m>" in said
    assert "<m passage 3, attached>\n계약서.md\n둘째\n</m>" in said
    decision = decision_for(parts, RULES)
    assert permit(decision, build(Template("t"), parts, mark="m"), Route.CLOUD, "model", RULES)


def test_a_file_is_quoted_like_a_passage() -> None:
    parts = (*passage_parts(1, passage("점심은 자유입니다.", heading=""), RULES), *attached(file(HARMLESS), first=2))
    assert quote("위약금은 얼마?", parts) == "> 위약금은 총액의 이십 퍼센트입니다. [2]"


def test_every_text_of_a_file_is_a_part_of_its_own() -> None:
    roles = [part.role for part in attached(file(HARMLESS))]
    assert roles == [Role.ATTACHED_NAME, Role.ATTACHED_HEADING, Role.ATTACHED]


# policy.toml


def test_the_shipped_policy_keeps_files_in_the_building() -> None:
    rules = shipped_rules()
    parts = (*attached_parts((file(HARMLESS),), 1, DM, rules), question_part(ask(), rules))
    assert decision_for(parts, rules).routes == (Route.ON_PREM, Route.QUOTE)


def test_a_policy_that_does_not_mention_files_makes_them_restricted(tmp_path: Path) -> None:
    shipped = (ROOT / "policy.toml").read_text(encoding="utf-8")
    head, _, rest = shipped.partition("[attachments]")
    silent = tmp_path / "policy.toml"
    silent.write_text(head + rest[rest.index("\n[") :], encoding="utf-8")
    assert load_rules(silent).attachments is Level.RESTRICTED
    assert load_rules(silent).hash != load_rules(ROOT / "policy.toml").hash


@pytest.mark.parametrize(
    ("labels", "first"),
    [
        ((), Route.CLOUD),
        (("사내",), Route.CLOUD),
        (("사내", "극비"), Route.ON_PREM),
        (("never heard of",), Route.ON_PREM),
    ],
)
def test_a_label_that_a_file_carries_counts_as_in_a_document(labels: tuple[str, ...], first: Route) -> None:
    rules = replace(RULES, labels={"사내": Level.INTERNAL, "극비": Level.RESTRICTED})
    carrying = replace(file(HARMLESS), labels=tuple(map(ImportedLabel, labels)))
    prompt = (*attached_parts((carrying,), 1, DM, rules), question_part(ask(), rules))
    assert decision_for(prompt, rules, DM).routes[0] is first
