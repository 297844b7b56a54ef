"""A masked copy to paste elsewhere, and the way back: in Slack for the person who asked, and at a console."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.copies import Copies, CopyFault
from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.masks import Masks, TakenFault
from bot.policy.mask import Placeholders
from bot.policy.optout import OptedOut, OptOuts
from bot.policy.profiles import profiled
from bot.spool import Spool
from bot.subjects import Scope, Subject
from retrieval.database import Database
from tests.builders import rrn, shipped_rules
from tests.integration.events import SEAL
from tests.integration.in_slack import in_slack, modes

PHONE = "-".join(("010", "2345", "6789"))
OTHER = "-".join(("010", "9876", "5432"))
MAIL = "naru@" + "haneul.example"


@modes
async def test_a_shortcut_shows_a_masked_copy_and_restores_what_is_pasted(
    http: bool, tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        said = await here.slack.says(here.hr, here.general, f"{PHONE}로 {MAIL} 에 알려 주세요 {rrn()}")
        await (await here.slack.uses_shortcut(here.engineer, said, "masked_copy")).ended()
        await here.quiet()
        (copy,) = here.slack.workspace.views.values()
        assert "⟦PHONE_1⟧로 ⟦EMAIL_1⟧ 에 알려 주세요" in str(copy.body["blocks"])
        for value in (PHONE, MAIL, rrn()):
            assert value not in str(copy.body)
        reply = {("reply", "reply"): "⟦PHONE_1⟧으로 걸었습니다. ⟦PHONE_2⟧ 는 모릅니다."}
        await (await here.slack.submits(copy, reply)).ended()
        await here.quiet()
        restored = list(here.slack.workspace.views.values())[-1]
        assert f"{PHONE}로 걸었습니다. ⟦PHONE_2⟧ 는" in str(restored.body["blocks"])
        assert here.slack.workspace.views[restored.id].user == here.engineer.id
        assert not [record for record in caplog.records if PHONE in record.getMessage()]
        assert here.naru.cloud.requests == []


async def test_a_copy_belongs_to_whoever_asked_for_it(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        said = await here.slack.says(here.engineer, here.general, f"{PHONE}로 전화")
        await (await here.slack.uses_shortcut(here.engineer, said, "masked_copy")).ended()
        await here.quiet()
        (copy,) = here.slack.workspace.views.values()
        copy.user = here.hr.id  # as if another person had sent the same form
        await (await here.slack.submits(copy, {("reply", "reply"): "⟦PHONE_1⟧"})).ended()
        await here.quiet()
        restored = list(here.slack.workspace.views.values())[-1]
        assert PHONE not in str(restored.body)


async def test_where_nothing_may_leave_there_is_a_sentence_and_no_copy(database: Database) -> None:
    closed = profiled(replace(shipped_rules(), profile="on_prem_only"))
    copies = Copies(Masks(database, SEAL), lambda: closed)
    with pytest.raises(CopyFault, match="masked copy"):
        await copies.make(f"{PHONE}로", "t", "U1")


async def test_what_only_the_whole_text_holds_is_said_in_place_of_a_copy(database: Database) -> None:
    copies = Copies(Masks(database, SEAL), shipped_rules)
    with pytest.raises(CopyFault, match="kr_rrn") as told:
        await copies.make(f"앞자리는 {rrn()[:6]} 이고요, 뒷자리는 {rrn()[7:]} 입니다.", "t", "U1")
    assert rrn()[7:] not in str(told.value)
    assert (await copies.masks.of("t")).values == {}


@pytest.mark.parametrize("who", [Subject("user", "U1"), Subject("person", "제갈나루", (PHONE,))], ids=["asks", "named"])
async def test_of_who_opted_out_of_being_kept_no_copy_keeps_a_value(database: Database, who: Subject) -> None:
    out = replace(shipped_rules(), opt_outs=OptOuts(1, [OptedOut(who, Scope.RECORD)]))
    copies = Copies(Masks(database, SEAL), lambda: out)
    with pytest.raises(CopyFault, match="opted out"):
        await copies.make(f"제갈나루 {PHONE}로", "t", "U1")
    assert await copies.masks.of("t") == Placeholders()


async def test_a_forgotten_value_comes_back_nowhere_and_its_number_is_not_used_again(
    database: Database, tmp_path: Path
) -> None:
    copies = Copies(Masks(database, SEAL), shipped_rules)
    assert await copies.make(f"전화 {PHONE}, {OTHER}", "one", "U1") == "전화 ⟦PHONE_1⟧, ⟦PHONE_2⟧"
    await copies.make(f"전화 {PHONE}", "two", "U1")
    forgetting = Forgetting(database, SEAL, Spool(tmp_path / "spool", SEAL), Holds(SEAL))
    # However it is written.
    forgotten = await forgetting(Subject("person", "김나루", ("+82 " + PHONE[1:].replace("-", ""),)))
    assert forgotten["placeholder"]["erased"] == 2
    assert await copies.restore("⟦PHONE_1⟧ ⟦PHONE_2⟧", "one") == (f"⟦PHONE_1⟧ {OTHER}", 1)
    assert await copies.make(f"전화 {PHONE}", "one", "U1") == "전화 ⟦PHONE_3⟧"
    assert await copies.make(f"전화 {OTHER}", "two", "U1") == "전화 ⟦PHONE_2⟧"


async def test_two_values_never_get_one_number(database: Database) -> None:
    masks, none = Masks(database, SEAL), Placeholders()
    await masks.keep("t", none, Placeholders({"PHONE_1": PHONE}, {"PHONE": 1}))
    with pytest.raises(TakenFault):
        await masks.keep("t", none, Placeholders({"PHONE_1": OTHER}, {"PHONE": 1}))
    assert (await masks.of("t")).values == {"PHONE_1": PHONE}
