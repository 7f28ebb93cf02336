"""What tables and trees are drawn on: a reader that goes before the end is no failure of ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "scraper" / "samples" / "2026-10-14-gpu-depreciation.html"


@pytest.mark.parametrize("command", [["flows"], ["figures"], ["gauges"], ["parse", str(SAMPLE)]])
def test_a_reader_that_has_gone_is_no_error(command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    args = [sys.executable, "-m", "bot", *command]
    done = subprocess.run(
        args, cwd=SAMPLE.parents[2], stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
