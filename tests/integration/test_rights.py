"""Whatever happens in whatever order: after an opt-out nothing of the subject is kept, shown or sent."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rights import measure

SEQUENCES, SEED = 30, 1
"""`python -m benchmarks rights` plays as many as it is told, and prints the shortest one that goes wrong."""


async def test_after_any_sequence_nothing_is_left_of_who_opted_out_and_every_process_honours_it(
    server_url: str, tmp_path: Path
) -> None:
    told: list[str] = []
    found = await measure(server_url, tmp_path, SEQUENCES, SEED, told.append, most=1)
    assert found.ok, "\n".join(told)
    assert found.sequences == SEQUENCES
    assert found.restores > 0
