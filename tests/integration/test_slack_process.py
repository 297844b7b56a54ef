"""`naru run` as a process of its own, with Slack's tokens in the environment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from tests.integration.test_cli import ROOT
from tests.standins.slack import SlackStandIn


async def test_naru_run_answers_in_slack_and_ends_on_sigterm(tmp_path: Path, fresh_url: str) -> None:
    async with SlackStandIn() as slack:
        haneul = slack.workspace.user("haneul")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "admin.cli", "run"),
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "NARU_DATABASE_URL": fresh_url,
                "NARU_HOME": str(tmp_path / "home"),
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_API_URL": slack.api_url,
            },
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            async with asyncio.timeout(40):
                heard = ""
                while "Answering in Slack (Socket Mode)" not in (line := (await process.stderr.readline()).decode()):
                    heard += line
                    assert line, f"naru run ended before it answered in Slack: {heard}"
                asked = await slack.says(haneul, slack.workspace.im(haneul), "연차는 며칠인가요?")
                while "휴가 규정" not in str([reply.blocks for reply in slack.replies(asked)]):
                    await slack.settled()
                    await asyncio.to_thread(time.sleep, 0.05)  # another process works: there is no event to wait for
                process.send_signal(signal.SIGTERM)
                await process.stderr.read()
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
