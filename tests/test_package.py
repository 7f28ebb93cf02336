"""The distribution: what is in the wheel, and that nobody else's package has our names."""

import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"bot", "core", "nlp", "scraper"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            str(folder),
            str(ROOT),
        ],
        check=True,
        timeout=120,
    )
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_every_data_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", *sorted(OURS)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {name.partition("/")[0] for name in names if "dist-info" not in name} == OURS
    assert set(tracked) <= names


def test_an_installed_wheel_opens_its_data_files(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(target),
            str(wheel),
        ],
        check=True,
        timeout=120,
    )
    code = (
        "import core, core.figures, nlp.model\n"
        "from bot.answers import Engine; from core.config import Settings; from datetime import date; from pathlib import Path\n"
        "from importlib.resources import files\n"
        "assert nlp.model.Model.load().predict(['看多'])\n"
        "assert Engine(Settings(db=Path('none.db'), lang='en'), today=date(2026, 11, 23)).ask('payback?').figures\n"
        "assert len([f for f in (files('scraper') / 'samples').iterdir() if f.name.endswith('.html')]) >= 6\n"
        "print(core.__file__, core.figures.load().claim('A18').recheck.verdict)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(target / "core" / "__init__.py"), "fails"]


def test_no_other_distribution_has_our_names() -> None:
    for name, distributions in metadata.packages_distributions().items():
        if name in OURS:
            assert set(distributions) == {"paomo"}
    for distribution in metadata.distributions():
        if distribution.metadata["Name"] != "paomo":
            tops = {str(file).partition("/")[0] for file in distribution.files or []}
            assert not tops & OURS, distribution.metadata["Name"]


def test_no_public_index_would_take_it() -> None:
    assert "Private :: Do Not Upload" in (metadata.metadata("paomo").get_all("Classifier") or [])
