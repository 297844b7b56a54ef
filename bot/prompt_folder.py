"""A folder with the company's own prompts, read again whenever one of them has changed."""

from __future__ import annotations

import logging
import os
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from bot.prompt import NAMES, Prompts
from bot.toml_file import Problem, SettingsFault, hint, read_bytes

LONGEST = 8_000
"""Characters of one prompt: it is sent with every question, and the passages need the room."""
_FILES = [f"{name}.md" for name in NAMES]
_READ = (".md", ".txt")
"""What looks like a prompt, so that one of a wrong name is not passed over. Whatever an editor leaves there is none."""
_MOST_BYTES = 4 * LONGEST + 3
"""Of as many characters, a byte order mark before them."""
_RACY_S = 2.0
"""A file that is as young as this may be written again within the same tick of its clock."""

_log = logging.getLogger(__name__)

_UNREAD = object()
Stamp = tuple[tuple[str, int, int, int, int], ...] | None


class PromptFolder:
    """The prompts of a folder that may come and go: what does not stand in it is as shipped.

    While something in it cannot be used, all stays as it was when all could be, as shipped where that never was, and
    `problem` says what it is: nobody goes without an answer for it. needed: raises SettingsFault where it is not there.
    """

    def __init__(self, folder: Path, *, needed: bool = False, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._needed = needed
        self._clock = clock
        self._lock = Lock()  # looks come from several threads
        self._fault: SettingsFault | None = None
        self._stamp: object = _UNREAD
        self._prompts = Prompts()
        self._good = False
        if needed and not os.path.isdir(folder):
            raise _no_folder(folder)
        self()

    def __call__(self) -> Prompts:
        """As they could be used last."""
        with self._lock:
            self._look()
            return self._prompts

    def problem(self) -> str | None:
        """What is wrong with the folder as it is now, and what that means, in no words of a prompt; None: nothing."""
        with self._lock:
            self._look()
            if self._fault is None:
                return None
            return self._said(self._fault)

    def _said(self, fault: SettingsFault) -> str:
        means = "The prompts before it stay in force." if self._good else "Until then the shipped ones count."
        return f"{fault}\n{means}"

    def _look(self) -> None:
        stamp = _stamp_of(self.folder)
        if stamp == self._stamp and _settled(stamp, self._clock()):
            return
        self._stamp = stamp
        try:
            prompts = read_prompts(self.folder, needed=self._needed)
        except SettingsFault as fault:
            if self._fault is None or self._fault.problems != fault.problems:
                _log.error("%s", self._said(fault))
            self._fault = fault
            return
        self._fault = None
        if self._good and prompts != self._prompts:
            _log.warning("%s was read again; the company's own are: %s", self.folder, ", ".join(prompts.own) or "none")
        self._prompts, self._good = prompts, True


def read_prompts(folder: Path, *, needed: bool = True) -> Prompts:
    """What stands in a folder. Raises SettingsFault with every problem, also where it is needed and not there."""
    if not os.path.isdir(folder):  # not Path's, which raises where it may not look
        if needed:
            raise _no_folder(folder)
        return Prompts()
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix in _READ and not path.name.startswith("."))
    except OSError as error:
        raise SettingsFault(Problem(str(folder), "", f"cannot be read ({error.strerror})")) from None
    own: dict[str, str] = {}
    problems: list[Problem] = []
    for path in found:
        try:
            own[path.stem] = _prompt(path)
        except SettingsFault as fault:
            problems += fault.problems
    if problems:
        raise SettingsFault(*problems)
    return Prompts(own)


def _no_folder(folder: Path) -> SettingsFault:
    return SettingsFault(Problem(str(folder), "", "must be a folder that exists and that Naru may read"))


def _prompt(path: Path) -> str:
    if path.name not in _FILES:
        raise SettingsFault(Problem(str(path), "", "is no prompt" + hint(path.name, _FILES)))
    if not os.path.isfile(path):  # nor a pipe, at which a read would wait
        raise SettingsFault(Problem(str(path), "", "must be a file that Naru may read"))
    if _times(path)[1] > _MOST_BYTES:
        raise SettingsFault(Problem(str(path), "", f"is too long: {LONGEST:,} characters are read"))
    content = read_bytes(path, "it was there a moment ago")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise SettingsFault(Problem(str(path), "", "is not UTF-8: save it as UTF-8")) from None
    if not text:
        says = "is empty: write what the model is to be told, or delete the file to have the shipped prompt"
        raise SettingsFault(Problem(str(path), "", says))
    if len(text) > LONGEST:
        says = f"has {len(text):,} characters, and {LONGEST:,} are read: shorten it, as it is sent with every question"
        raise SettingsFault(Problem(str(path), "", says))
    if any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in text):
        raise SettingsFault(Problem(str(path), "", "holds control characters: save it as plain text"))
    return text


def _stamp_of(folder: Path) -> Stamp:
    """Equal as long as nothing has changed. None: there is no folder."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(_READ))
    except OSError:
        return None
    return tuple((name, *_times(folder / name)) for name in names)


def _times(path: Path) -> tuple[int, int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0, 0
    # The third is set by no program: `cp -p` and `touch -r` give a file the time of another.
    return status.st_mtime_ns, status.st_size, status.st_ctime_ns, status.st_ino


def _settled(stamp: Stamp, now: float) -> bool:
    newest = max((max(one[1], one[3]) for one in stamp or ()), default=0)
    return now - newest / 1e9 > _RACY_S
