"""A server that is killed, and comes back at the same address."""

from __future__ import annotations

import time

import pytest

from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault
from tests.vllm.server import Server
from tests.vllm.test_answers import door_to, issued
from tests.vllm.tiny_names import SAYS


async def test_a_killed_server_is_said_at_once_and_answers_again_when_it_is_back(chat: Server) -> None:
    async with door_to(chat) as door:
        endpoint = Endpoint(door, 1, 60.0)
        assert (await endpoint.complete(lambda: issued(chat.name))).text == "".join(SAYS)
        chat.kill()
        began = time.monotonic()
        with pytest.raises(ModelFault, match="cannot be reached"):
            await endpoint.complete(lambda: issued(chat.name))
        assert time.monotonic() - began < 5
        chat.start()
        chat.wait()
        assert (await endpoint.complete(lambda: issued(chat.name))).text == "".join(SAYS)
