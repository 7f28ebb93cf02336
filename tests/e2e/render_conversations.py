"""Draws the conversations of docs/bot.md: plays them with the real bot over the emulator, and draws the emulator's record.

    python -m tests.e2e.render_conversations docs/pictures        (needs Chromium)

What the bot says is what it said; only the bubbles around it are ours. Run it again when answers change.
"""

import base64
import html
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.pictures.paper import chinese_font
from core.storage import subscribing
from core.storage.subscribing import Wish
from core.store import Store
from tests.e2e.people import OWNER, Person, RunningBot, Telegram, ended, serving, started
from tests.samples import store_samples

WIDTH = 720
STYLE = """
@font-face { font-family: Han; src: url(FONT); }
body { margin: 0; padding: 14px 12px; width: 696px; background: #dfe8ef; font: 15px/1.42 Han, sans-serif; color: #1c2733; }
.row { display: flex; margin: 7px 0; } .me { justify-content: flex-end; }
.says { max-width: 600px; padding: 8px 12px; border-radius: 14px; background: #fff; white-space: pre-wrap; overflow-wrap: anywhere; }
.me .says { background: #d5f0c8; } img { display: block; width: 576px; border-radius: 8px; margin-bottom: 6px; }
pre, code { font: 13px/1.35 monospace, Han; background: #eef2f5; border-radius: 4px; } pre { margin: 4px 0; padding: 6px 8px; white-space: pre; }
code { padding: 0 3px; } a { color: #1f6a8a; text-decoration: none; }
.keys { display: flex; gap: 5px; margin-top: 5px; max-width: 624px; } .key { flex: 1; text-align: center; background: #b9cad8; border-radius: 8px; padding: 5px 6px; font-size: 14px; }
.dot { display: inline-block; width: 11px; height: 11px; border-radius: 50%; }
"""
DOTS = {"🟢": "#2e9e5b", "🟡": "#e0b000", "🔴": "#cf3f34", "⚪": "#c3ccd4", "🔔": "#e0b000"}
Said = tuple[str, Any]  # "me" and words, or "bot" and a call


class Stage:
    """One conversation as it happens."""

    def __init__(self, telegram: Telegram, bot: RunningBot, person: Person) -> None:
        self.telegram, self.bot, self.person = telegram, bot, person
        self.said: list[Said] = []

    def ask(self, text: str) -> dict[str, Any]:
        """Write, and wait for the answer."""
        self.said.append(("me", text))
        return self.hear(lambda: self.person.write(text))

    def tap(self, message: dict[str, Any], row: int, column: int = 0) -> dict[str, Any]:
        """Tap a button, and wait for what comes."""
        self.said.append(("me", f"⟨{_keys(message)[row][column]['text']}⟩"))
        return self.hear(lambda: self.person.tap(message, row=row, column=column))

    def hear(self, act: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """What the bot says next."""
        act()
        call = self.person.hear(30)
        self.said.append(("bot", call))
        return call


def main(folder: Path) -> None:
    """Play and draw all."""
    with tempfile.TemporaryDirectory() as home, serving() as telegram:
        db = store_samples(Path(home) / "talk.db")
        bot = started(Path(home), telegram, PAOMO_DB=str(db))
        with ended(bot.process):
            bot.wait_for("is listening")
            for name, (lang, play) in CONVERSATIONS.items():
                stage = Stage(telegram, bot, Person(telegram, bot.token, OWNER, chat=100 + len(name), lang=lang))
                play(stage)
                (folder / f"{name}.png").write_bytes(_draw(stage))
                print(folder / f"{name}.png")


def _questions(stage: Stage) -> None:
    stage.ask("利潤率降到30%要多少年回本?")
    stage.tap(stage.ask("那40%呢?"), 0)


def _report(stage: Stage) -> None:
    shown = stage.ask("/report")
    stage.tap(shown, 0, 1)


def _letters(stage: Stage) -> None:
    stage.ask("/subscribe 工作日 早上8点 英伟达")
    stage.ask("/subscribe 提醒 OpenAI 低于-0.5 勿扰22点到7点")
    now = datetime.now(UTC)
    due = now - timedelta(minutes=5)
    wish = Wish(kind="digest", zone="UTC", at=f"{due:%H:%M}")
    with Store.open(Path(stage.bot._log.parent / "talk.db")) as store:
        subscribing.add(
            store, wish, chat=stage.person.chat, topic=None, user=OWNER, lang="zh-Hans", now=now - timedelta(days=1)
        )
    stage.hear()


def _checks(stage: Stage) -> None:
    stage.ask("/check OpenAI's revenue was 13bn in 2024. Orders of 6bn are more than twice the rival's 5.5bn.")
    stage.ask("/gauges")


CONVERSATIONS: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "bot-questions": ("zh-hant", _questions),
    "bot-report": ("en", _report),
    "bot-letters": ("zh-hans", _letters),
    "bot-check": ("en", _checks),
}


def _draw(stage: Stage) -> bytes:
    """The conversation as a small PNG."""
    from PIL import Image, ImageChops

    font = chinese_font()
    style = STYLE.replace("FONT", font.as_uri() if font else "none")
    rows = "".join(_row(stage, who, what) for who, what in stage.said)
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "talk.html", Path(folder) / "talk.png"
        page.write_text(f"<meta charset=utf-8><style>{style}</style>{rows}", encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--allow-file-access-from-files", f"--window-size={WIDTH},6000", f"--screenshot={shot}", page.as_uri()]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        with Image.open(shot) as image:
            whole = image.convert("RGB")
    empty = Image.new("RGB", whole.size, whole.getpixel((1, 1)))
    box = ImageChops.difference(whole, empty).getbbox()
    assert box is not None
    small = whole.crop((0, 0, WIDTH, box[3] + 14)).quantize(128, method=Image.Quantize.FASTOCTREE)
    out = io.BytesIO()
    small.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _row(stage: Stage, who: str, what: Any) -> str:
    if who == "me":
        return f'<div class="row me"><div class="says">{_drawn(what)}</div></div>'
    words = _dotted(what.get("text") or what.get("caption") or "")
    picture = ""
    if what.get("file_id"):
        data = base64.b64encode(stage.telegram.file(stage.bot, what["file_id"])).decode()
        picture = f'<img src="data:image/png;base64,{data}">'
    rows = ("".join(f"<div class=key>{_drawn(key['text'])}</div>" for key in row) for row in _keys(what))
    keys = "".join(f'<div class="keys">{row}</div>' for row in rows)
    return f'<div class="row"><div><div class="says">{picture}{words}</div>{keys}</div></div>'


def _keys(call: dict[str, Any]) -> list[list[dict[str, str]]]:
    markup = call.get("reply_markup") or {}
    found = json.loads(markup) if isinstance(markup, str) else markup
    rows: list[list[dict[str, str]]] = found.get("inline_keyboard", [])
    return rows


def _drawn(text: str) -> str:
    """A button's words; the chart that no font here has is drawn."""
    bars = '<svg width="18" height="14"><path d="M2 14V7h4v7zM7 14V1h4v13zM12 14V4h4v10z" fill="#1c2733"/></svg>'
    return html.escape(text).replace("📊", bars)


def _dotted(text: str) -> str:
    """Coloured signs as dots: not every machine has a font for them."""
    return re.sub("|".join(DOTS), lambda found: f'<span class="dot" style="background:{DOTS[found[0]]}"></span>', text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
