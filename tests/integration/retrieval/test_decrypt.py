"""The company's own command for what rights management has wrapped."""

from __future__ import annotations

import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.parse import UnreadableFault
from retrieval.parse.decrypt import Decrypt
from retrieval.parse.refusals import Refusal
from retrieval.parse.sandbox import Sandbox

WRAPPED = b"SCDSA002" + bytes(range(256))
PLAIN = "# 휴가\n\n연차는 15일입니다.".encode()


def command(folder: Path, body: str) -> Sequence[str]:
    """A program that finds its document's path in `path`, the plain one beside itself, and may leave notes there."""
    program = folder / "unwrap.py"
    (folder / "plain").write_bytes(PLAIN)
    program.write_text(f"import os, sys, time\npath, here = sys.argv[1], {str(folder)!r}\n{body}\n")
    return (sys.executable, str(program), "{file}")


PRINT = "sys.stdout.buffer.write(open(f'{here}/plain', 'rb').read())"


async def test_what_is_protected_is_read_by_way_of_the_command(tmp_path: Path) -> None:
    note = "st = os.stat(path); up = os.stat(os.path.dirname(path))\n"
    note += "open(f'{here}/note', 'w').write(f'{path}|{st.st_mode}|{up.st_mode}|{sorted(os.environ)}')\n"
    note += "open(f'{here}/seen', 'wb').write(open(path, 'rb').read())\n"
    async with Sandbox(decrypt=command(tmp_path, note + PRINT)) as sandbox:
        parsed = await sandbox.parse("인사/휴가.md", WRAPPED)
        assert (await sandbox.parse("b.md", b"# Plain\n\ntext")).title == "Plain"
    assert parsed.title == "휴가"
    assert (tmp_path / "seen").read_bytes() == WRAPPED
    path, file_mode, folder_mode, environment = (tmp_path / "note").read_text().split("|")
    assert path.endswith(".md")
    assert Path(path).parent.parent == Path(tempfile.gettempdir())
    assert not Path(path).parent.exists()
    assert stat.S_IMODE(int(file_mode)) == 0o600
    assert stat.S_IMODE(int(folder_mode)) == 0o700
    assert environment in ("['HOME', 'LANG', 'PATH']", "['HOME', 'LANG', 'LC_CTYPE', 'PATH']")


async def test_what_is_not_protected_is_never_given_to_the_command(tmp_path: Path) -> None:
    async with Sandbox(decrypt=command(tmp_path, "open(f'{here}/ran', 'w')")) as sandbox:
        await sandbox.parse("a.md", PLAIN)
        with pytest.raises(UnreadableFault, match="is damaged"):
            await sandbox.parse("a.docx", b"nothing")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("sys.exit(3)", "ended with 3"),
        ("pass", "ended with 0"),
        ("os.kill(os.getpid(), 9)", "ended with 9"),
        ("sys.stdout.buffer.write(open(path, 'rb').read())", "still protected"),
    ],
)
async def test_what_goes_wrong_with_the_command_is_said(tmp_path: Path, body: str, said: str) -> None:
    async with Sandbox(decrypt=command(tmp_path, body)) as sandbox:
        with pytest.raises(UnreadableFault, match=said):
            await sandbox.parse("a.md", WRAPPED)


async def test_a_command_that_is_not_there_is_said_to_be_missing() -> None:
    async with Sandbox(decrypt=("/nowhere/unwrap", "{file}")) as sandbox:
        with pytest.raises(UnreadableFault, match="cannot be started") as fault:
            await sandbox.parse("a.md", WRAPPED)
    assert fault.value.why == "drm"


async def test_a_command_that_does_not_end_or_stop_printing_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="decrypt_slow"):
        await Decrypt(command(tmp_path, "time.sleep(60)"), 1, seconds=0.5)(".md", WRAPPED)
    endless = command(tmp_path, "while True: sys.stdout.buffer.write(bytes(65536))")
    with pytest.raises(Refusal, match="decrypt_big"):
        await Decrypt(endless, 1, seconds=20)(".md", WRAPPED)


async def test_a_name_is_never_read_as_part_of_a_command(tmp_path: Path) -> None:
    decrypt = Decrypt(command(tmp_path, "open(f'{here}/argv', 'w').write(repr(sys.argv[1:]))\n" + PRINT), 1)
    assert await decrypt(".md; touch /tmp/x", WRAPPED) == PLAIN
    assert ";" not in (tmp_path / "argv").read_text()
