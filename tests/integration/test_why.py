"""`naru why`: from a link in Slack to how it was decided, without a text and without who opted out."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.cli.why import told_of
from bot.slack.permalink import Permalink, question_at
from bot.subjects import Scope, Subject
from bot.why import explained, masked
from retrieval.errors import Fault
from tests.integration.in_slack import ASKED, SALARY, InSlack, in_slack
from tests.standins.slack import User


def link(channel: str, ts: str) -> str:
    return f"https://company.slack.com/archives/{channel}/p{ts.replace('.', '')}"


async def why(here: InSlack, user: User | None = None) -> str:
    await here.slack.slash(user or here.engineer, here.general, "/naru", "why")
    await here.quiet()
    return here.slack.workspace.ephemerals[-1].text


async def test_the_link_of_a_question_and_of_its_answer_both_lead_to_its_decision(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        answer = here.answer(asked)
        by_question = await told_of(here.naru.app, link(asked.channel, asked.ts))
        by_answer = await told_of(here.naru.app, f"<{link(answer.channel, answer.ts)}?thread_ts={asked.ts}>")
        assert by_question == by_answer
        said = dict(by_question)
        assert said["answered by"] == "cloud (far)"
        assert said["routes"].startswith("cloud")
        assert "characters to 127.0.0.1 (far); masked: nothing" in said["sent"]
        assert "15일" not in str(by_question)
        assert ASKED not in str(by_question)
        by_id = await told_of(here.naru.app, said["decision"])
        assert by_id == by_question


async def test_in_slack_it_is_said_what_was_sent_and_what_of_it_was_masked(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        number = "-".join(("010", "2345", "6789"))
        await here.mentions(here.engineer, here.general, f"{ASKED} {number}")
        assert len(here.naru.cloud.requests) == 1
        said = await why(here)
        assert "characters to 127.0.0.1 (far); masked: 1 phone" in said
        assert number not in said
        await here.mentions(here.hr, here.general, SALARY)
        assert "*sent*" not in await why(here, here.hr), "nothing left for that one"


async def test_of_a_person_who_opted_out_a_room_is_told_no_name(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        name = "남궁" + "도윤"
        await here.naru.app.opting_out.out(Subject("person", name), Scope.CLOUD, by="os:ops")
        asked = await here.mentions(here.engineer, here.general, f"{name} 연차는 며칠인가요?")
        assert not here.naru.cloud.heard(name)
        said = await why(here)
        assert "opt_out" in said
        assert name not in said
        assert name not in str(here.answer(asked).blocks)


async def test_what_is_unknown_is_said_in_a_sentence(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        for said in (link("C0", "1700000000.000001"), "00000000-0000-4000-8000-000000000000"):
            with pytest.raises(Fault, match="Nothing is known"):
                await told_of(here.naru.app, said)
        with pytest.raises(Fault, match="neither a link"):
            await told_of(here.naru.app, "https://elsewhere.example/p17")
        assert await question_at(here.naru.app.database, Permalink("C0", "1700000000.000001")) is None


def test_who_opted_out_is_never_said() -> None:
    reason = ["RESTRICTED", "opt_out", "user U1"]
    verdict = {"allowed": False, "ceiling": "INTERNAL", "against": [reason]}
    open_ = {"allowed": True, "ceiling": "RESTRICTED", "against": []}
    row = {
        "id": "d", "routes": ["quote"], "domain_model": None, "policy": "p" * 64, "reasons": [reason],
        "verdicts": {"cloud": verdict, "on_prem": verdict, "slack": open_, "record": verdict, "train": verdict},
    }  # fmt: skip
    said = explained(row, "quote", None, ())
    assert "U1" not in str(said)
    assert dict(said)["RESTRICTED"] == "opt_out"


def test_how_many_values_were_masked_is_said_by_kind() -> None:
    call = {"characters": 1234, "host": "api.example", "model": "far", "masked": {"phone": 2, "person": 1}}
    assert masked([call]) == [("sent", "1,234 characters to api.example (far); masked: 2 phone, 1 person")]
