"""What of a Prompt is sent: the chat messages, or the texts, that it becomes. Pure."""

from __future__ import annotations

from bot.policy.parts import Prompt


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """The chat messages that a prompt becomes: neighbouring Parts of one speaker are one message. What the Permit
    hashes and what a door sends are both made here."""
    said: list[dict[str, str]] = []
    for part in prompt:
        if said and said[-1]["role"] == part.speaker:
            said[-1]["content"] += part.text
        else:
            said.append({"role": part.speaker, "content": part.text})
    return said


def inputs(prompt: Prompt) -> list[str]:
    """The texts that an embedding model is sent for a prompt: each Part by itself."""
    return [part.text for part in prompt]


def question_and_passages(prompt: Prompt) -> list[object]:
    """The texts that a re-ranking model is sent for a prompt: the first Part, and a list of the others."""
    question, *passages = inputs(prompt)
    return [question, passages]
