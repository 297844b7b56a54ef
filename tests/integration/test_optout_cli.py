"""At the command line: who opts out, and who comes back."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tests.integration.test_operators import Run, here, naru

__all__ = ["here", "naru"]

NAME = "홍" + "길동"
WHO = (f"person:{NAME}", "--also", "gildong" + "@" + "partner.example", "--reason", "본인의 요구")


def test_who_comes_back_is_in_the_documents_after_the_next_run(naru: Run, here: Path, fresh_url: str) -> None:
    def named() -> set[str]:
        with psycopg.connect(fresh_url) as database:
            query = "select uri from passage join document on document.id = document_id where text like %s"
            return {uri for (uri,) in database.execute(query, (f"%{NAME}%",)).fetchall()}

    def runs() -> set[str]:
        assert naru("source", "reindex", "handbook")[0] == 0
        return named()

    (here / "handbook" / "desk.md").write_text(f"# 회의실\n\n열쇠는 {NAME}님이 관리합니다.\n", encoding="utf-8")
    assert runs() == {"desk.md"}
    assert naru("optout", "add", *WHO, "--scope", "all")[0] == 0
    assert named() == set()
    (here / "handbook" / "later.md").write_text(f"# 주차\n\n주차는 {NAME}님께.\n", encoding="utf-8")
    assert runs() == set()
    assert naru("optout", "remove", *WHO)[0] == 0
    assert named() == set(), "what was erased does not come back by itself"
    assert runs() == {"desk.md", "later.md"}
    assert runs() == {"desk.md", "later.md"}
