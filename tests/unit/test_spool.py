from __future__ import annotations

import asyncio
import os
import stat
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seal import Seal
from bot.spool import Spool

SEAL = Seal(b"k" * 32)


def files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))


async def everything(spool: Spool) -> list[str | None]:
    return [await spool.read(name) for name in spool.names()]


async def test_what_is_spooled_comes_back_in_slacks_order_whatever_the_order_of_arrival(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SEAL)
    for ts in ("1700000010.000000", "1700000009.999999", "999999999.5", "1700000010.000100"):
        await spool.put(Decimal(ts), ts, ts)
    assert await everything(Spool(tmp_path, SEAL)) == [
        "999999999.5", "1700000009.999999", "1700000010.000000", "1700000010.000100",
    ]  # fmt: skip


async def test_an_edit_comes_after_the_message_whose_time_it_has(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SEAL)
    for number in range(20):
        await spool.put(Decimal("1700000000.000100"), f"C1/1700000000.000100/{number}", str(number))
    assert await everything(spool) == [str(number) for number in range(20)]


async def test_what_is_dropped_is_gone_and_dropping_it_twice_is_no_error(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SEAL)
    await spool.put(Decimal(1), "key", "text")
    (name,) = spool.names()
    await spool.drop(name)
    await spool.drop(name)
    assert spool.names() == []
    assert await spool.read(name) is None


@given(st.text())
def test_a_spooled_text_is_never_on_the_disk_in_clear(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder, SEAL)
    asyncio.run(spool.put(Decimal(1), "C1/1.0", f"연차 {text}"))
    (file,) = files(folder)
    assert "연차".encode() not in file.read_bytes()
    assert "C1" not in file.name
    assert asyncio.run(everything(spool)) == [f"연차 {text}"]


async def test_only_its_owner_may_look_into_the_spool(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    await Spool(folder, SEAL).put(Decimal(1), "key", "text")
    (file,) = files(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_one_that_cannot_be_read_is_kept_aside_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await Spool(tmp_path, Seal(b"o" * 32)).put(Decimal(1), "old", "sealed with another key")
    spool = Spool(tmp_path, SEAL)
    await spool.put(Decimal(2), "new", "text")
    assert await everything(spool) == [None, "text"]
    assert await everything(spool) == ["text"]
    assert len(files(tmp_path, "*.unreadable")) == 1
    assert "moved aside" in caplog.text


async def test_a_file_under_another_name_does_not_open(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SEAL)
    await spool.put(Decimal(1), "key", "text")
    (file,) = files(tmp_path)
    file.rename(file.with_name("0" + file.name[1:-1].replace("1", "2") + file.name[-1]))
    assert await everything(spool) == [None]


async def test_half_a_file_is_never_read_and_an_old_one_is_swept(tmp_path: Path) -> None:
    young, old = tmp_path / "young.part", tmp_path / "old.part"
    young.write_bytes(b"half")
    old.write_bytes(b"half")
    yesterday = time.time() - 86400
    os.utime(old, (yesterday, yesterday))
    assert Spool(tmp_path, SEAL).names() == []
    assert young.exists()
    assert not old.exists()


async def test_many_at_once_are_all_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SEAL)
    await asyncio.gather(*(spool.put(Decimal(n), str(n), str(n)) for n in range(100)))
    assert await everything(spool) == [str(n) for n in range(100)]
