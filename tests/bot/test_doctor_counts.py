"""`paomo doctor` finds counts that somebody changed behind the triggers' back, and `--repair` mends them."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.cli.main import main


def test_wrong_counts_are_found_and_made_anew(
    sample_db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copy(sample_db, tmp_path / "own.db"))

    def doctor(*args: str) -> tuple[int, str]:
        code = main(["--db", str(path), "doctor", *args])
        return code, capsys.readouterr().out

    def report() -> str:
        assert main(["--db", str(path), "report", "--json"]) == 0
        return capsys.readouterr().out

    assert "all is well" in doctor()[1]
    before = report()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE rollup_authors SET bullish = bullish + 3 WHERE entity = ''")
    db.close()
    assert report() != before
    code, said = doctor()
    assert code == 1
    assert "counts behind reports are not what the posts give: rows of rollup_authors" in said
    assert "paomo doctor --repair" in said
    assert json.loads(doctor("--json")[1])["healthy"] is False
    assert doctor("--repair")[0] == 0
    assert report() == before
    assert doctor()[0] == 0
