"""One question from end to end: a whole Naru, its own documents, and a real vLLM as the model in the building."""

from __future__ import annotations

from pathlib import Path

from bot.domain import Route
from tests.builders import rrn
from tests.integration.company import company
from tests.vllm.server import Server
from tests.vllm.tiny_names import SAYS

DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}


async def test_a_sensitive_question_is_answered_in_the_building(chat: Server, tmp_path: Path, fresh_url: str) -> None:
    near = {
        "NARU_ON_PREM_BASE_URL": chat.base_url,
        "NARU_ON_PREM_MODEL": chat.name,
        "NARU_ON_PREM_API_KEY": chat.key,
    }
    more = "\n[answer]\nmax_passage_chars = 1000\n"
    async with company(tmp_path, fresh_url, DOCUMENTS, environment=near, more=more) as naru:
        answered = await naru.ask(f"{rrn()} 연차는 며칠인가요?")
        assert (answered.route, answered.model, answered.tried) == (Route.ON_PREM, chat.name, ())
        assert "".join(SAYS[:3]) in answered.text
        assert "휴가 규정" in str(answered)
        assert naru.cloud.bytes_received == b""
        assert naru.on_prem.bytes_received == b""
