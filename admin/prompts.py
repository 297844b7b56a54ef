"""Where a company's own prompts stand."""

from __future__ import annotations

from pathlib import Path

from bot.prompt import Prompts
from bot.prompt_folder import PromptFolder, read_prompts
from bot.settings import Settings

NAME = "prompts"
"""Of the folder beside naru.toml, where none is named."""


def prompt_folder(settings: Settings) -> PromptFolder:
    """Raises SettingsFault where naru.toml names one that is not there."""
    return PromptFolder(_place(settings), needed=settings.answer.prompts is not None)


def prompts_of(settings: Settings) -> Prompts:
    """What stands there now. Raises SettingsFault where that cannot be used."""
    return read_prompts(_place(settings), needed=settings.answer.prompts is not None)


def _place(settings: Settings) -> Path:
    named = settings.answer.prompts
    return Path(named) if named else settings.config.parent / NAME
