"""Two servers with the on-prem model in a whole Naru, over real sockets: one of them dies."""

from __future__ import annotations

from pathlib import Path

from bot.domain import Route
from tests.integration.company import CONFIG, company
from tests.standins.openai import HalfStream, OpenAIStandIn, Says

DOCUMENTS = {"hr/pay.md": "# 급여\n\n## 급여일\n\n급여일은 매월 25일입니다.\n"}
PAY = "급여일은 언제인가요?"


def with_replica(url: str) -> str:
    return CONFIG.replace("[models.on_prem]\n", f'[models.on_prem]\nreplicas = ["{url}"]\n')


async def test_questions_take_turns_and_go_on_where_one_server_dies(tmp_path: Path, fresh_url: str) -> None:
    says = Says("급여일은 25일입니다. [1]")
    async with (
        OpenAIStandIn([says]) as second,
        company(tmp_path, fresh_url, DOCUMENTS, on_prem=(says,), config=with_replica(second.base_url)) as naru,
    ):
        for number in range(4):
            assert (await naru.ask(PAY, "U2", thread=f"{number}")).route is Route.ON_PREM
        assert (len(naru.on_prem.requests), len(second.requests)) == (2, 2)
        await second.__aexit__(None, None, None)
        for number in range(4, 8):
            assert (await naru.ask(PAY, "U2", thread=f"{number}")).route is Route.ON_PREM
        assert len(naru.on_prem.requests) == 6
        assert naru.cloud.bytes_received == b""


async def test_an_answer_that_breaks_off_is_asked_for_at_the_other_server(tmp_path: Path, fresh_url: str) -> None:
    broken, says = HalfStream("급여일은 26일입니다. [1]"), Says("급여일은 25일입니다. [1]")
    async with (
        OpenAIStandIn([says]) as second,
        company(tmp_path, fresh_url, DOCUMENTS, on_prem=(broken,), config=with_replica(second.base_url)) as naru,
    ):
        answered = await naru.ask(PAY, "U2")
        assert (answered.route, "25일" in answered.text) == (Route.ON_PREM, True)
        assert (len(naru.on_prem.requests), len(second.requests)) == (1, 1)
