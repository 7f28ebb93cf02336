"""Finds a Chromium for the browser tests, and installs one where it may: `python tests/browser/chromium.py --install`.

Looked for in this order: `PAOMO_CHROMIUM`, the system's Chromium or Chrome, the one that Playwright keeps for itself.
Installed by apt where that is there and we are root, by `playwright install` otherwise. Where neither works it says so
and ends with 1: a page that no browser has shown was not tested.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PATIENCE = 300  # seconds for an installation


def find() -> Path | None:
    """The browser to use, or `None`."""
    if named := os.environ.get("PAOMO_CHROMIUM"):
        return Path(named) if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found or MAC.exists():
        return Path(found or MAC)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        own = Path(driver.chromium.executable_path)
    return own if own.exists() else None


def install() -> None:
    """Try to get one; says nothing of whether it worked."""
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        wanted = ["chromium", "fonts-noto-cjk"]
        ways[:0] = [["apt-get", "-q", "update"], ["apt-get", "-q", "install", "-y", "--no-install-recommends", *wanted]]
    for way in ways:
        print(f"getting a browser: {' '.join(way[-4:])}", file=sys.stderr)
        try:
            subprocess.run(
                way,
                check=False,
                stdout=sys.stderr,
                timeout=PATIENCE,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"that did not work: {error}", file=sys.stderr)
        if "install" in way and find():
            return


def main() -> int:
    """0 and the path where there is a browser, else 1 and a line that says what to do."""
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
