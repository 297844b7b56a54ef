"""The last seal of the audit once more, outside of the database: a chain that lost its end is told from a whole one.

home/audit.head holds one line of JSON (0600).
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from retrieval.errors import Fault


class HeadFault(Fault):
    """The copy of the last seal cannot be read."""


class HeadFile:
    """The copy in `home`."""

    def __init__(self, home: Path) -> None:
        self.path = home / "audit.head"

    def line(self) -> str | None:
        """Of the seal; None: there is no copy. Raises HeadFault where it is damaged."""
        try:
            line = self.path.read_text(encoding="utf-8").strip()
            json.loads(line)[0]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError):
            told = "cannot be read: look into why, then move it away, and the next start makes a new one"
            raise HeadFault(f"The copy of the audit's last seal in {self.path} {told}.") from None
        return line

    def keep(self, line: str) -> None:
        """In the place of the one before. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Of this process alone: several may do this at once.
        fresh = self.path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(descriptor)
        fresh.replace(self.path)

    def set_aside(self) -> None:
        """For a person to look at: the database is another one from now on. Raises OSError."""
        if self.path.exists():
            self.path.rename(self.path.with_name(f"audit-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.head"))
