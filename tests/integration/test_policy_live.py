"""The policy while Naru runs: shadow mode sends nothing, a changed policy counts at once and decides again."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from admin.preview import preview
from admin.there import what_is_there
from bot.answer import UnsettledFault, answer
from bot.domain import Route
from bot.policy.policy_file import load_rules
from bot.policy.rules import Rules
from retrieval.label import Level
from tests.builders import ROOT, TODAY
from tests.integration.company import CONFIG, Company, company
from tests.standins.openai import Request, Says

ASKED = "연차는 며칠인가요?"
DOCUMENTS = {
    "public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n",
    "public/rooms.md": "# 회의실\n\n회의실은 4층에 여덟 곳이 있고 하루 전에 예약합니다.\n",
}
SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")


def write(folder: Path, text: str, at: int = 0) -> None:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(at or path.stat().st_mtime_ns,) * 2)


async def asked_with(naru: Company, change: Callable[[Rules], Rules]) -> Route:
    """In a thread of its own: what was said in one before would count too."""
    deps = replace(naru.app.deps, rules=lambda: change(naru.app.rules()))
    return (await answer(naru.app.question(ASKED, person="U1", room=None, thread=uuid4().hex), deps)).route


async def test_in_shadow_mode_nothing_is_sent_and_the_decision_is_kept_as_it_would_have_been(
    tmp_path: Path, fresh_url: str
) -> None:
    write(tmp_path, "shadow = true\n" + SHIPPED)
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask(ASKED)
        assert naru.cloud.requests == naru.on_prem.requests == []
        assert naru.cloud.bytes_received == naru.on_prem.bytes_received == b""
        assert answered.route is Route.QUOTE
        assert "15일" in answered.text
        assert "시험 운영(shadow)" in answered.text
        assert answered.text.count("클라우드 모델") == 1
        assert "클라우드 모델(cloud)" in answered.text
        row = await naru.app.records.decision_of(answered.decision)
        assert row is not None
        assert row["routes"] == ["cloud", "on_prem", "quote"]
        unknown = await naru.ask("How do I feed a giraffe?")
        assert "Shadow mode" in unknown.text
        write(tmp_path, SHIPPED, at=1)
        assert (await naru.ask(ASKED)).route is Route.CLOUD


async def test_a_policy_that_became_stricter_counts_from_the_next_question_on(tmp_path: Path, fresh_url: str) -> None:
    write(tmp_path, SHIPPED)
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        assert (await naru.ask(ASKED)).route is Route.CLOUD
        write(tmp_path, SHIPPED.replace('dm = "internal"', 'dm = "confidential"', 1), at=1)
        assert (await naru.ask(ASKED, thread="t2")).route is Route.ON_PREM
        write(tmp_path, "[kinds", at=2)
        assert (await naru.ask(ASKED, thread="t3")).route is Route.ON_PREM
        assert naru.app.policy.problem() is not None
        assert len(naru.cloud.requests) == 1


async def test_a_question_in_flight_is_decided_again_when_the_policy_changes(tmp_path: Path, fresh_url: str) -> None:
    """The cloud's answer came under a policy that is none any more: it is thrown away and the stricter one asked."""
    write(tmp_path, SHIPPED)

    def changes(request: Request) -> Says:
        write(tmp_path, SHIPPED.replace('dm = "internal"', 'dm = "confidential"', 1), at=1)
        return Says("연차는 15일입니다. [1]")

    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(changes,)) as naru:
        answered = await naru.ask(ASKED)
        assert answered.route is Route.ON_PREM
        row = await naru.app.records.decision_of(answered.decision)
        assert row is not None
        assert row["policy"] == naru.app.rules().hash
        assert len(naru.cloud.requests) == len(naru.on_prem.requests) == 1


async def test_a_policy_that_never_settles_ends_in_a_sentence_and_is_tried_again(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        count = 0

        def restless(rules: Rules) -> Rules:
            nonlocal count
            count += 1
            return replace(rules, roles={f"user:U{count}": Level.PUBLIC, "everyone": Level.PUBLIC})

        with pytest.raises(UnsettledFault, match="again and again") as raised:
            await asked_with(naru, restless)
        assert raised.value.again


async def test_who_asks_and_where_a_document_comes_from_can_each_keep_a_question_off_the_cloud(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        confidential, internal = Level.CONFIDENTIAL, Level.INTERNAL
        tightened: dict[str, Callable[[Rules], Rules]] = {
            "role": lambda rules: replace(rules, roles={"group:engineering": confidential}),
            "source": lambda rules: replace(rules, sources={"handbook": confidential}),
            "uri": lambda rules: replace(rules, uris={"Public/*": confidential}),
        }
        for name, change in tightened.items():
            assert await asked_with(naru, change) is Route.ON_PREM, name
        assert naru.cloud.bytes_received == b""
        assert await asked_with(naru, lambda r: replace(r, roles={"group:hr": confidential})) is Route.CLOUD
        assert await asked_with(naru, lambda r: replace(r, sources={"handbook": internal})) is Route.CLOUD


async def test_what_the_contract_allows_ends_with_the_companys_day(tmp_path: Path, fresh_url: str) -> None:
    now = datetime.now(UTC)
    # East of here it is tomorrow already, or west of here still yesterday: one of the two at any time.
    zone = next(
        name
        for name in ("Pacific/Kiritimati", "Etc/GMT+12")
        if now.astimezone(ZoneInfo(name)).date() != now.date()
    )  # fmt: skip
    there = now.astimezone(ZoneInfo(zone)).date()
    config = f'timezone = "{zone}"\n' + dedent(CONFIG).replace("2099-12-31", min(there, now.date()).isoformat())
    async with company(tmp_path, fresh_url, DOCUMENTS, config=config) as naru:
        open_there = there < now.date()
        assert (naru.app.rules().sinks["cloud"].ceiling is not Level.PUBLIC) is open_there


async def test_a_preview_counts_where_documents_and_questions_would_go(tmp_path: Path, fresh_url: str) -> None:
    documents = {
        **DOCUMENTS,
        "hr/pay.md": "# 급여\n\n급여일은 매월 25일입니다.\n",
        "mail.md": "# 문의\n\na.b@corp" + ".example\n",
    }
    async with company(tmp_path, fresh_url, documents, masks=False) as naru:
        await naru.ask(ASKED)
        base = load_rules(tmp_path / "policy.toml")
        found = await preview(naru.app.database, naru.app.records, base, naru.app.rules(), (), 50, 10)
        groups = {one["name"]: one for one in found.data()["groups"]}
        assert (groups["documents of handbook"]["cloud"], groups["documents of handbook"]["on_prem"]) == (3, 1)
        assert groups["texts of handbook"]["against_cloud"] == {
            'naru.toml, source handbook, level "confidential"': 1,
            'sinks.cloud.refuse, "email"': 1,
        }
        masks = replace(naru.app.rules(), masking=load_rules(ROOT / "policy.toml").masking)
        masked = await preview(naru.app.database, naru.app.records, base, masks, (), 50, 10)
        (texts,) = (one for one in masked.data()["groups"] if one["name"] == "texts of handbook")
        assert 'sinks.cloud.refuse, "email"' not in texts["against_cloud"], "it goes without the address"
        assert texts["cloud"] == groups["texts of handbook"]["cloud"] + 1
        assert groups["recent questions"]["cloud"] == 1
        assert any("No cloud model is connected" in note for note in found.notes)
        no_terms = await preview(naru.app.database, naru.app.records, base, base.under(None, TODAY), tuple(Route), 0, 0)
        assert not any("is connected" in note for note in no_terms.notes)
        assert no_terms.ways_out[0].startswith("[models.cloud.data_use] in naru.toml: it alone keeps")


async def test_what_is_there_says_which_lines_match_nothing(tmp_path: Path, fresh_url: str) -> None:
    write(tmp_path, SHIPPED)
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask(ASKED, room="C1")
        there = await what_is_there(replace(naru.app.settings, database_url=fresh_url))
    assert there.uris == DOCUMENTS.keys()
    assert there.rooms is not None
    assert "C1" in there.rooms


async def test_without_a_database_none_is_made_to_check_a_policy(tmp_path: Path, fresh_url: str) -> None:
    write(tmp_path, SHIPPED)
    async with company(tmp_path, fresh_url, {}) as naru:
        away = replace(naru.app.settings, database_url=None, home=tmp_path / "nowhere")
        assert (await what_is_there(away)).uris is None
    assert not (tmp_path / "nowhere").exists()
