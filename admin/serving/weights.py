"""What weights take on disk, as their files say it."""

from __future__ import annotations

import json
from pathlib import Path

from admin.serve import adapters_of, weights_of
from bot.settings import Settings

_ONE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_ADAPTER = "adapter_model.safetensors"


def bytes_of(settings: Settings, name: str) -> int | None:
    """Of a model or an adapter of naru.toml, an adapter with its base; None where no section names it, or its files
    are not all there."""
    own = settings.models.served.get(name)
    if own is not None:
        return _weights(weights_of(settings, own))
    for served in settings.models.served.values():
        folder = adapters_of(settings, served).get(name)
        if folder is not None:
            base, more = _weights(weights_of(settings, served)), _sum(folder, {_ADAPTER})
            return None if base is None or more is None else base + more
    return None


def _weights(folder: Path) -> int | None:
    """Of the files that a loader reads: some folders hold the same weights in a second form."""
    if (folder / _INDEX).exists():
        try:
            said = json.loads((folder / _INDEX).read_text(encoding="utf-8"))["weight_map"].values()
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None
        return _sum(folder, {str(name) for name in said})
    return _sum(folder, {_ONE})


def _sum(folder: Path, names: set[str]) -> int | None:
    try:
        return sum((folder / name).stat().st_size for name in names) or None
    except OSError:
        return None
