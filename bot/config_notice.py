"""What naru.toml may say about the notice that people get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self

from bot.toml_file import Section, Text


class NoticeSection(Section):
    """folder: the company's own texts. company: its name. contact: whom people can ask about their data."""

    folder: Text | None = None
    company: Text | None = None
    contact: Text | None = None

    def resolved(self, absolute: Callable[[str], Path]) -> Self:
        """With the folder's absolute path."""
        return self if self.folder is None else self.model_copy(update={"folder": str(absolute(self.folder))})
