"""[search] of naru.toml: how what is written and what is asked become terms."""

from __future__ import annotations

from typing import Literal

from bot.toml_file import Section


class SearchSection(Section):
    """korean: pairs of syllables, which need nothing, or also the morphemes that Kiwi finds."""

    korean: Literal["bigrams", "kiwi"] = "bigrams"
