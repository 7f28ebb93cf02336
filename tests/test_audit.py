"""`make audit` against advisories of our own writing."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.audit_lock import advisories, hits, locked

ROOT = Path(__file__).parents[1]
LOCK = "jinja2==3.1.6 \\\n    --hash=sha256:00\nZope_Interface==2.0\n"


def advisory(name: str, **more: Any) -> dict[str, Any]:
    affected = {"package": {"ecosystem": "PyPI", "name": name}, **more}
    return {"id": "X-1", "summary": "a hole", "affected": [affected]}


def events(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: version} for kind, version in pairs]}]}


@pytest.mark.parametrize(
    ("one", "hit"),
    [
        (advisory("Jinja2", versions=["3.1.5", "3.1.6"]), True),
        (advisory("jinja2", versions=["3.1.5"]), False),
        (advisory("zope.interface", **events(("introduced", "0"))), True),
        (advisory("jinja2", **events(("introduced", "0"), ("fixed", "3.1.6"))), False),
        (advisory("jinja2", **events(("introduced", "0"), ("fixed", "3.1.7"))), True),
        (advisory("jinja2", **events(("introduced", "3.2"))), False),
        (advisory("jinja2", **events(("introduced", "0"), ("last_affected", "3.1.6"))), True),
        (advisory("jinja2", **events(("introduced", "0"), ("last_affected", "3.1.5"))), False),
        (advisory("jinja2", **events(("introduced", "3.1.6"), ("fixed", "2.0"), ("introduced", "0"))), True),
        (advisory("other", versions=["3.1.6"]), False),
        ({**advisory("jinja2", versions=["3.1.6"]), "withdrawn": "2026-01-01T00:00:00Z"}, False),
        (
            {"id": "X-2", "affected": [{"package": {"ecosystem": "npm", "name": "jinja2"}, "versions": ["3.1.6"]}]},
            False,
        ),
    ],
)
def test_known_holes_are_found_and_others_are_not(one: dict[str, Any], hit: bool) -> None:
    assert bool(list(hits(locked(LOCK), [one]))) is hit


def test_folder_and_zip(tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "X-1.json").write_text(json.dumps(advisory("jinja2", versions=["3.1.6"])), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.write(folder / "X-1.json", "X-1.json")
    assert list(advisories(folder)) == list(advisories(tmp_path / "all.zip"))


def run(*args: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "tests.audit_lock", *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    pins = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert len(pins) > 20
    (tmp_path / "X-1.json").write_text(json.dumps(advisory("jinja2", versions=[pins["jinja2"]])), encoding="utf-8")
    code, said = run(str(tmp_path), "requirements.lock")
    assert code == 1
    assert f"jinja2 {pins['jinja2']}: X-1 a hole" in said
    (tmp_path / "X-1.json").write_text(json.dumps(advisory("jinja2", versions=["0"])), encoding="utf-8")
    assert run(str(tmp_path), "requirements.lock")[0] == 0


def test_no_advisories_are_no_clean_bill(tmp_path: Path) -> None:
    code, said = run(str(tmp_path), "requirements.lock")
    assert (code, "holds no advisory" in said) == (1, True)
    for place in (str(tmp_path / "none"), ""):  # "" is what `make audit` gives where nothing was named
        code, said = run(place, "requirements.lock")
        assert (code, said.count("\n"), "docs/security.md" in said) == (1, 1, True)
