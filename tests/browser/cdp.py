"""A Chromium without a window, spoken to in its own protocol through a pipe: no driver, no port, no further library.

Calls and events are JSON, each ended by a zero byte (`--remote-debugging-pipe`). Everything is synchronous: a call
returns when its answer is there, and what happened meanwhile waits in `Page.events`.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 30.0  # seconds for one answer
KEYS = {"Tab": 9, "Enter": 13, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}  # fmt: skip

# The browser reads from 3 and writes to 4, wherever the pipes are.
_INTO = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)


def _high(end: int) -> int:
    """The same end of a pipe under a number that is not 3 or 4."""
    moved = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(end)
    return moved


class Browser:
    """One running Chromium; pages are opened in contexts that know nothing of each other."""

    def __init__(self, path: Path) -> None:
        self.home = tempfile.mkdtemp(prefix="paomo-chromium-")
        theirs_in, self._to = (_high(end) for end in os.pipe())
        self._from, theirs_out = (_high(end) for end in os.pipe())
        flags = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking", f"--user-data-dir={self.home}"]  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-c", _INTO, str(theirs_in), str(theirs_out), str(path), *flags],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest, self._last = b"", 0
        self.events: dict[str, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self.home, ignore_errors=True)

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while True:
            told = self.next(until)
            if told.get("id") == asked["id"]:
                assert "error" not in told, f"{method}: {told['error']['message']}"
                return dict(told["result"])

    def next(self, until: float) -> dict[str, Any]:
        """The next message; an event is kept as well."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            block = os.read(self._from, 1 << 20)
            assert block, "the browser has ended"
            self._rest += block
        line, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        if "method" in told:
            self.events.setdefault(told.get("sessionId", ""), []).append(told)
        return told


class Page:
    """A page in a context of its own, as wide as asked."""

    def __init__(
        self, browser: Browser, file: Path, width: int = 1280, *, dark: bool = False, phone: bool = False, scripts: bool = True
    ) -> None:  # fmt: skip
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        self.media("screen", dark=dark)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Page.navigate", url=file.as_uri())
        until = time.monotonic() + PATIENCE
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            browser.next(until)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    @property
    def events(self) -> list[dict[str, Any]]:
        """All that happened on this page."""
        return self.browser.events.setdefault(self.session, [])

    @property
    def complaints(self) -> list[str]:
        """What the console said, and what was thrown."""
        self.value("0")  # whatever is on its way comes before this answer
        said = []
        for event in self.events:
            told = event["params"]
            if event["method"] == "Log.entryAdded":
                said.append(told["entry"]["text"])
            elif event["method"] == "Runtime.consoleAPICalled":
                said.append(str([one.get("value") for one in told["args"]]))
            elif event["method"] in ("Runtime.exceptionThrown", "Page.javascriptDialogOpening"):
                said.append(json.dumps(told)[:300])
        return said

    @property
    def asked(self) -> list[str]:
        """Every address that the page asked for."""
        return [event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"]  # fmt: skip

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask this page."""
        return self.browser.call(method, self.session, **params)

    def value(self, expression: str) -> Any:
        """What an expression comes to on the page."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def text(self, selector: str) -> str:
        """What is to be read in an element."""
        return str(self.value(f"document.querySelector({json.dumps(selector)}).innerText"))

    def media(self, kind: str, *, dark: bool = False) -> None:
        """Show it on a `screen` or in `print`."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=kind, features=[scheme])

    def box(self, selector: str) -> dict[str, float]:
        """Where an element is, after it was scrolled to."""
        found = f"document.querySelector({json.dumps(selector)})"
        box = self.value(
            f"{found}.scrollIntoView({{block: 'center'}}), {found}.getBoundingClientRect().toJSON()"  # a comma: both
        )
        return dict(box)

    def move(self, x: float, y: float) -> None:
        """Move the pointer."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector: str) -> None:
        """Press and release in the middle of an element."""
        box = self.box(selector)
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **at)

    def tap(self, x: float, y: float) -> None:
        """Touch and let go."""
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key: str) -> None:
        """One of `KEYS`, down and up."""
        told: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **told, **({"text": "\r"} if key == "Enter" else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def screenshot(self, path: Path) -> None:
        """The whole page, however long, as PNG."""
        told = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(told["data"]))

    def pdf(self) -> bytes:
        """The page as it would be printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])
