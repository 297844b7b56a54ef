"""Records for answers that are nobody's: somebody tries something, and no person asked."""

from __future__ import annotations

from bot.domain import Answer, Question
from bot.policy.decide import Decision
from bot.policy.parts import Masking
from bot.records import Records
from bot.seal import Seal
from retrieval.database import Database


class TrialRecords(Records):
    """What leaves leaves a trace here too: its Decision is committed and in the audit. No text is kept, no answer."""

    def __init__(self, database: Database, seal: Seal) -> None:
        super().__init__(database, seal, unkept=("question", "answer", "feedback"))

    async def decided(
        self, decision: Decision, question: Question, operator: str | None, masking: Masking | None = None
    ) -> Decision:
        """What placeholders stand for is known until the answer is there; nobody goes on with the thread."""
        return await super().decided(decision, question, operator)

    async def store(
        self, answer: Answer, question: Question, decision: Decision, operator: str | None, masking: Masking | None
    ) -> None:
        """It was nobody's."""
