"""Finds a Chromium for the browser tests, and installs one where it may: `python tests/browser/chromium.py --install`.

Looked for: `PAOMO_CHROMIUM`, then the system's Chromium, Chrome or Edge. Installed by the system's own packages, as
root or where sudo asks for no password. Where that does not work it says so and ends with 1: a page that no browser has
shown was not tested.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PATIENCE = 150  # seconds for a step of an installation
WAYS = (
    (
        "apt-get",
        (
            ("-q", "-o", "Acquire::http::Timeout=10", "-o", "Acquire::Retries=1", "update"),
            ("-q", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"),
        ),
    ),
    ("dnf", (("install", "-y", "chromium", "google-noto-sans-cjk-fonts"),)),
    ("apk", (("add", "chromium", "font-noto-cjk"),)),
    ("pacman", (("-Sy", "--noconfirm", "chromium", "noto-fonts-cjk"),)),
)


def find() -> Path | None:
    """The browser to use, or `None`."""
    if named := os.environ.get("PAOMO_CHROMIUM"):
        return Path(named) if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    return MAC if MAC.exists() else None


def install() -> None:
    """Try to get one from the system's packages; says nothing of whether it worked."""
    manager, steps = next(((name, steps) for name, steps in WAYS if shutil.which(name)), ("", ()))
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for step in steps:
        command = [*([] if root else ["sudo", "-n"]), manager, *step]
        print(f"getting a browser: {' '.join(command)}", file=sys.stderr)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        try:
            subprocess.run(command, stdout=sys.stderr, timeout=PATIENCE, env=env, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"that did not work: {error}", file=sys.stderr)


def main() -> int:
    """0 where there is a browser, else 1 and a line that says what to do."""
    if find() is None and "--install" in sys.argv:
        install()
    found = find()
    if found is None:
        print(
            "NO BROWSER: the page was not tested. Install Chromium or Chrome, or name one: PAOMO_CHROMIUM=/path/to/it",
            file=sys.stderr,
        )
        return 1
    print(f"browser: {found}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
