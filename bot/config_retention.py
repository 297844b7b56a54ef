"""For how long what is kept of people stays: `[retention]` of naru.toml."""

from __future__ import annotations

from pydantic import Field

from bot.toml_file import Section


class Retention(Section):
    """For how many days what is kept of people stays; 0: it is not kept. questions, answers, feedback: their texts; the
    rows, which hold none, go with the last of the three. placeholders: what masked values were. posted: where answers
    stand in Slack, without which none can be withdrawn. samples: of what was sent to a model. costs: what was used of
    the cloud model, by day, person and room; of the day under way it is kept in any case."""

    questions: int = Field(default=365, ge=0, le=3650)
    answers: int = Field(default=365, ge=0, le=3650)
    feedback: int = Field(default=365, ge=0, le=3650)
    placeholders: int = Field(default=90, ge=0, le=3650)
    posted: int = Field(default=365, ge=0, le=3650)
    samples: int = Field(default=30, ge=0, le=3650)
    costs: int = Field(default=365, ge=0, le=3650)

    @property
    def unkept(self) -> frozenset[str]:
        """Of which tables no text is stored at all."""
        days = {"question": self.questions, "answer": self.answers, "feedback": self.feedback}
        return frozenset(table for table, many in days.items() if many == 0)
