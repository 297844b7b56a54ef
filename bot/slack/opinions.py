"""What people say about an answer in Slack, and what of it Naru may learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from bot.answer import Deps
from bot.domain import Feedback, Verdict
from bot.inbox import Claimed
from bot.slack.blocks import BAD, CONSENT, TAKE_BACK, notice
from bot.slack.feedback_blocks import feedback_form, thanked
from bot.slack.post import SlackDoor

_CONSENTS: Mapping[str, bool] = {CONSENT: True, TAKE_BACK: False}


@dataclass(frozen=True, slots=True)
class Opinions:
    door: SlackDoor
    deps: Deps

    async def clicked(self, claimed: Claimed) -> str:
        """A thumb, or whether Naru may learn. The outcome, a word."""
        body = claimed.event.body
        consent = _CONSENTS.get(str(body["action"]))
        verdict: Verdict = "bad" if body["action"] == BAD else "good"
        address = body["response_url"]
        if not await self._keep(body, verdict, consent):
            if address:
                await self.door.respond(address, notice("ko", "gone"))
            return "gone"
        if verdict == "bad" and body["trigger_id"] and claimed.attempt == 1:
            await self.door.open_view(body["trigger_id"], feedback_form(UUID(body["answer"]), "ko"))
        elif address:
            await self.door.respond(address, thanked(str(body["answer"]), "ko", learning=bool(consent)))
        return "recorded"

    async def given(self, claimed: Claimed) -> str:
        """A form that came back; what it says of consent counts, whatever was said before."""
        body = claimed.event.body
        kept = await self._keep(body, "bad", body.get("consent") == "yes")
        return "recorded" if kept else "gone"

    async def _keep(self, body: Mapping[str, str | None], verdict: Verdict, consent: bool | None) -> bool:
        """Keep what somebody thinks of an answer; False: there is no such answer any more."""
        try:
            about = UUID(body["answer"] or "")
        except ValueError:
            return False
        said = Feedback(
            about, str(body["user"]), verdict, reason=body.get("reason"), better=body.get("better"), consent=consent
        )
        await self.deps.look()
        return await self.deps.records.give(said, self.deps.rules())
