"""Files that come with a question: read, answered from, kept nowhere, and never at the cloud.

In Slack as a person attaches them: a strict look-alike of Slack serves the files, over real sockets.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import psycopg
import pytest
from docx import Document

from bot.answer import answer
from bot.attached import Sent
from bot.domain import Answer, Attached, Route
from retrieval.label import Level
from retrieval.split import Piece
from tests.builders import rrn
from tests.integration.company import Company, company
from tests.integration.in_slack import ASKED, InSlack, in_slack
from tests.standins.openai import Says
from tests.standins.site import Says as Page
from tests.standins.site import Site
from tests.standins.slack import File, Message
from tests.unit.retrieval.test_labels import CUSTOM, SECRET, custom

CANARY = "노란잠수함"
PENALTY = "이 계약서의 위약금은 얼마인가요?"
LONG = "연차는 1년에 며칠이고 언제까지 올려야 하나요?"
CONTRACT = f"# {CANARY} 계약서\n\n## 위약금\n\n위약금은 총액의 이십 퍼센트입니다.\n"
TWENTY = Says("총액의 이십 퍼센트입니다. [1]")
LEAVE = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n"}


def word(text: str) -> bytes:
    made = Document()
    made.add_paragraph(text)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


async def asks(here: InSlack, text: str, *files: File) -> Message:
    """In a direct message."""
    said = await here.slack.says(here.engineer, here.slack.workspace.im(here.engineer), text, files=files)
    await here.quiet()
    return said


def upload(
    here: InSlack, name: str = "계약서.md", content: str | bytes = CONTRACT, mimetype: str = "text/plain"
) -> File:
    sent = content.encode() if isinstance(content, str) else content
    return here.slack.workspace.file(name, sent, user=here.engineer, mimetype=mimetype)


def shown(here: InSlack, asked: Message) -> str:
    return str(here.answer(asked).blocks)


# In Slack


async def test_a_question_is_answered_from_the_file_that_came_with_it_and_the_file_stays_in_the_building(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY,)) as here:
        file = upload(here)
        told = shown(here, await asks(here, PENALTY, file))
        assert "이십 퍼센트" in told
        assert f"<https://team.slack.example/files/{file.user}/{file.id}/" in told, (
            "cites the file where it can be opened"
        )
        assert here.naru.on_prem.heard(CANARY)
        assert here.naru.on_prem.heard("이십 퍼센트")
        assert here.naru.cloud.bytes_received == b""


async def test_in_a_room_that_may_be_shown_less_the_file_is_answered_from_all_the_same(
    tmp_path: Path, fresh_url: str
) -> None:
    """Who is in the room sees the file anyway."""
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY,)) as here:
        mention = f"<@{here.slack.workspace.bot.id}> {PENALTY}"
        said = await here.slack.says(here.engineer, here.general, mention, files=(upload(here),))
        await here.quiet()
        assert "이십 퍼센트" in shown(here, said)
        assert here.naru.cloud.bytes_received == b""


async def test_nothing_of_a_file_is_kept_and_the_thread_remembers_how_sensitive_it_was(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY, Says("연차는 15일입니다. [1]"))) as here:
        first = await asks(here, PENALTY, upload(here))
        with psycopg.connect(here.url) as database:
            row = database.execute("select documents, reasons from answer").fetchone()
            found = database.execute("select count(*) from passage where text like %s", (f"%{CANARY}%",)).fetchone()
            open_text = database.execute("select count(*) from inbox where body is not null").fetchone()
        assert row is not None
        assert row[0] == []
        assert ["CONFIDENTIAL", "attached", "attached 1"] in row[1]
        assert found == (0,)
        assert open_text == (0,)
        follow_up = await here.writes(here.engineer, LONG, thread_ts=first.ts)
        assert follow_up.thread_ts == first.ts
        assert "(on_prem)" in str(here.answers(first)[-1].blocks)
        assert here.naru.cloud.bytes_received == b""


async def test_the_same_question_without_the_file_reaches_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        assert "cloud" in shown(here, await asks(here, ASKED))
        assert here.naru.cloud.heard("15일이고")


async def test_a_file_without_a_question_gets_a_hint_and_is_not_fetched(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        assert "파일을 올리는 메시지에 질문도" in shown(here, await asks(here, "", upload(here)))
        assert here.slack.downloads == []


async def test_a_file_that_came_over_slack_connect_is_asked_for_first(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY,)) as here:
        file = upload(here)
        file.over_connect = True
        assert "이십 퍼센트" in shown(here, await asks(here, PENALTY, file))
        assert [call.arguments["file"] for call in here.slack.calls_of("files.info")] == [file.id]


async def test_a_redirect_is_not_followed_with_the_token(tmp_path: Path, fresh_url: str) -> None:
    async with Site({"/x.md": Page(CONTRACT)}) as elsewhere, in_slack(tmp_path, fresh_url) as here:
        file = upload(here)
        file.moved = f"{elsewhere.url}/x.md"
        told = shown(here, await asks(here, PENALTY, file))
        assert "files:read" in told
        assert elsewhere.asked == []
        assert [id for id, _ in here.slack.downloads] == [file.id]


UNREAD: dict[str, tuple[str, bytes, str, str]] = {
    "a picture": ("사진.png", b"\x89PNG\r\n\x1a\n0000", "image/png", "읽을 수 없는 종류"),
    "an archive": ("묶음.zip", b"PK\x03\x04", "application/zip", "읽을 수 없는 종류"),
    "of the format before 2007": (
        "옛.doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0",
        "",
        "예전",
    ),
    "broken": ("깨짐.docx", b"PK\x03\x04 nothing of the kind", "", "깨졌거나"),
    "empty": ("빈.txt", b" \n", "text/plain", "비어"),
    "protected": ("보안.docx", b"<## NASCA DRM FILE - VER1.00 ##>" + bytes(200), "", "보안(DRM)"),
}


@pytest.mark.parametrize(("name", "content", "mimetype", "why"), UNREAD.values(), ids=UNREAD)
async def test_what_cannot_be_read_says_why_and_keeps_the_question_in_the_building(
    name: str, content: bytes, mimetype: str, why: str, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(Says("연차는 15일입니다. [1]"),)) as here:
        told = shown(here, await asks(here, ASKED, upload(here, name, content, mimetype or "application/octet-stream")))
        assert "15일" in told, "the documents answer all the same"
        assert why in told
        assert "RESTRICTED" in told
        assert here.naru.cloud.bytes_received == b""


async def test_a_file_over_the_limit_is_not_fetched(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        told = shown(here, await asks(here, ASKED, upload(here, "큰.txt", b"a" * (50 * 1024**2 + 1))))
        assert "너무 큽니다" in told
        assert here.slack.downloads == []


async def test_a_file_that_is_not_given_to_us_names_the_scope(tmp_path: Path, fresh_url: str) -> None:
    """Without a right to a file Slack answers 200, and a page to sign in."""
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.state.scopes -= {"files:read"}
        assert "files:read" in shown(here, await asks(here, ASKED, upload(here)))


async def test_a_file_that_is_deleted_meanwhile_is_said_to_be_gone_and_the_answer_is_made_anew(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY, Says("모르겠습니다"))) as here:
        file = upload(here)
        asked = await asks(here, PENALTY, file)
        assert "이십 퍼센트" in shown(here, asked)
        await here.slack.deletes_file(asked, file)
        await here.quiet()
        told = shown(here, asked)
        assert "이십 퍼센트" not in told
        assert "지워졌거나" in told
        assert here.naru.cloud.bytes_received == b""


async def test_the_same_file_twice_is_read_once_and_a_sixth_is_named(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY,)) as here:
        twice = shown(here, await asks(here, PENALTY, upload(here), upload(here)))
        assert "[2]" not in twice
        many = [upload(here, f"{n}.md", f"# {n}\n\n위약금 조항 {n}\n") for n in range(6)]
        assert "5.md 은(는) 읽지 않았습니다" in shown(here, await asks(here, PENALTY, *many))


# The story


@asynccontextmanager
async def at_home(tmp_path: Path, url: str, *replies: str, on_prem: Says | None = None) -> AsyncIterator[Company]:
    async with company(tmp_path, url, LEAVE, on_prem=(on_prem or TWENTY,)) as naru:
        yield naru


async def ask(naru: Company, text: str, *files: Attached) -> Answer:
    question = naru.app.question(text, person="U1", room=None, thread="t", attached=files)
    return await answer(question, naru.app.deps)


async def test_passages_come_first_and_a_files_pieces_are_numbered_after_them(tmp_path: Path, fresh_url: str) -> None:
    says = Says("연차는 15일이고 [1], 계약서에는 20일입니다 [2].")
    file = Attached("계약서.md", (Piece(("연차",), "이 계약의 연차는 20일입니다."),), link="https://slack.example/f")
    async with at_home(tmp_path, fresh_url, on_prem=says) as naru:
        answered = await ask(naru, ASKED, file)
        assert [(c.number, c.title, c.link) for c in answered.citations] == [
            (1, "휴가 규정", "https://handbook.example/public/leave.md"),
            (2, "계약서.md", "https://slack.example/f"),
        ]
        assert len(answered.documents) == 1


async def test_without_a_model_the_file_is_quoted(tmp_path: Path, fresh_url: str) -> None:
    async with at_home(tmp_path, fresh_url) as naru:
        nobody = replace(naru.app.deps, shores=replace(naru.app.deps.shores, endpoints={}))
        here = replace(naru, app=replace(naru.app, deps=nobody))
        answered = await ask(here, PENALTY, Attached("계약서.md", (Piece(("위약금",), "위약금은 이십 퍼센트입니다."),)))
        assert answered.route is Route.QUOTE
        assert "> 위약금은 이십 퍼센트입니다. [1]" in answered.text
        assert [c.title for c in answered.citations] == ["계약서.md"]


async def test_what_no_room_may_be_shown_is_masked_in_what_is_said_from_a_file(tmp_path: Path, fresh_url: str) -> None:
    says = Says(f"{rrn()} 입니다. [1]")
    async with at_home(tmp_path, fresh_url, on_prem=says) as naru:
        answered = await ask(naru, "이 명부의 번호는?", Attached(f"{rrn()}.txt", (Piece((), f"번호 {rrn()}"),)))
        assert answered.route is Route.ON_PREM
        assert rrn() not in answered.text
        assert all(rrn() not in c.title for c in answered.citations)
        assert naru.cloud.bytes_received == b""


async def test_a_word_file_is_read_where_every_document_is(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, on_prem=(TWENTY,)) as here:
        name = "계약서.docx"
        told = shown(
            here, await asks(here, PENALTY, upload(here, name, word(f"{CANARY} 위약금은 이십 퍼센트"), "application/x"))
        )
        assert "계약서.docx" in told
        assert here.naru.on_prem.heard(CANARY)


async def test_a_label_that_an_attached_document_carries_counts(tmp_path: Path, fresh_url: str) -> None:
    """[attachments] would let the file go; what the company wrote on it, which no policy knows, does not."""

    async def sent(content: bytes) -> Route:
        async def gives() -> bytes:
            return content

        files = await naru.app.attachments.read(PENALTY, [Sent("계약서.docx", gives)])
        question = naru.app.question(PENALTY, person="U1", room=None, thread=uuid4().hex, attached=files)
        return (await answer(question, replace(naru.app.deps, rules=lambda: rules))).route

    plain = word("이 계약서의 위약금은 총액의 이십 퍼센트입니다.")
    marked = io.BytesIO(plain)
    with ZipFile(marked, "a") as parts:
        parts.writestr(CUSTOM, custom((f"MSIP_Label_{SECRET}_Name", "Highly Confidential")))
    async with company(tmp_path, fresh_url, LEAVE, on_prem=(TWENTY,), cloud=(TWENTY,)) as naru:
        rules = replace(naru.app.rules(), attachments=Level.PUBLIC)
        assert await sent(plain) is Route.CLOUD
        assert await sent(marked.getvalue()) is not Route.CLOUD
