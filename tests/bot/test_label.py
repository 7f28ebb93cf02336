"""`paomo label`: a sitting, at a real terminal of the system's making, and through pipes."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from bot.labelling import EVERY, LATER, Sitting, as_rows, queue
from core.forum import Post, Thread
from core.sentiment import Stance
from core.storage import labels
from core.store import Store
from core.upkeep import forgetting
from nlp.model import Model
from tests.bot.command import invoke
from tests.nlp.fake_endpoint import honest, serving

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
WORDS = ["估值太高了", "我要加仓", "等财报再说", "这次不一样", "现金为王", "回调是机会", "AI泡沫要破", "长期持有就好"]


def fill(path: Path, threads: int = 12) -> None:
    """Threads of two posts, no two alike."""
    with Store.open(path) as store:
        for n in range(threads):
            root = Post(
                n=0, id=f"{n}0", title=f"{WORDS[n % 8]}，第{chr(0x4E00 + 97 * n)}回", author=f"a{n}", author_key=f"a{n}"
            )
            reply = Post(
                n=1, id=f"{n}1", parent_id=root.id, title=f"不同意{chr(0x5E00 + 53 * n)}", author="b", author_key="b"
            )
            thread = Thread(
                site="wenxuecity", board="cfzh", url=f"https://example.com/{n}", root=root, replies=(reply,)
            )
            store.save(thread, b"%d" % n, url=None, headers={}, fetched_at=NOW, now=NOW)


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "x.db"
    fill(path)
    monkeypatch.setenv("PAOMO_DB", str(path))
    return path


@pytest.fixture
def sitting(db: Path) -> Iterator[Sitting]:
    with Store.open(db) as store:
        yield Sitting(store, "me", queue(store, Model.load()), clock=lambda: NOW)


def test_now_and_then_an_old_post_is_asked_again(sitting: Sitting) -> None:
    seen: list[int] = []
    for shown in range(1, 21):
        post = sitting.next()
        assert post is not None
        assert post.again == (shown == EVERY)
        if post.again:
            assert post.post.pk in seen[:-LATER]
        seen.append(post.post.pk)
        sitting.say(Stance.BEARISH if post.again else Stance.BULLISH)
    assert len(set(seen)) == 19
    assert labels.agreement(labels.given(sitting.store, "me")) == (0, 1)


def test_undo_shows_the_post_again_even_of_an_earlier_sitting(db: Path, sitting: Sitting) -> None:
    first = sitting.next()
    sitting.say(Stance.BULLISH)
    second = sitting.next()
    assert sitting.undo()
    assert sitting.next() == first
    sitting.say(Stance.BEARISH)
    assert sitting.next() == second
    later = Sitting(sitting.store, "me", iter(()), clock=lambda: NOW)
    assert later.next() is None
    assert later.undo()
    assert later.next() == first
    assert labels.given(sitting.store, "me") == []
    assert not later.undo()


def test_the_next_sitting_goes_on_from_there(db: Path, sitting: Sitting) -> None:
    seen = set()
    for _ in range(3):
        shown = sitting.next()
        assert shown is not None
        seen.add(shown.post.pk)
        sitting.say(None)
    assert not seen & {post.pk for post in queue(sitting.store, Model.load())}


def test_a_post_that_went_in_the_meantime_is_left_out(sitting: Sitting) -> None:
    shown = sitting.next()
    assert shown is not None
    forgetting.forget(sitting.store, shown.post.author_key or "", site="wenxuecity", now=NOW)
    sitting.say(Stance.BULLISH)
    assert sitting.count == 0
    assert labels.labelled(sitting.store) == []


def test_all_is_exported_as_training_reads_it(db: Path, sitting: Sitting, tmp_path: Path) -> None:
    for stance in (Stance.BEARISH, None, Stance.BULLISH):
        assert sitting.next()
        sitting.say(stance)
    rows = as_rows(labels.labelled(sitting.store))
    out = tmp_path / "mine.jsonl"
    assert invoke("label", "--export", str(out)).exit_code == 0
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == rows
    assert [row["label"] for row in rows] == ["bearish", "bullish"] or [row["label"] for row in rows] == [
        "bullish",
        "bearish",
    ]
    from nlp.learning.labelled import read

    assert len(read([out])) == 2


# through pipes


def test_there_and_back_through_a_pipe(db: Path) -> None:
    ahead = invoke("label", "--next", "4")
    lines = [json.loads(line) for line in ahead.stdout.splitlines()]
    assert len(lines) == 4
    for line, label in zip(lines, ["bearish", "off", "skip", None], strict=True):
        line["label"] = label
    given = "\ufeff" + "\n".join(json.dumps(line) for line in lines) + "\n\n"
    result = invoke("label", "--batch", "-", "--who", "script", given=given)
    assert result.stdout == "3 labels stored; 2 lines have none\n"
    found = [json.loads(line) for line in invoke("label", "--export", "-").stdout.splitlines()]
    assert sorted((row["label"], row["off"], row["who"]) for row in found) == [
        ("bearish", False, "script"),
        ("neutral", True, "script"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ('{"label": "bullish"}', "names no post"),
        ('{"post": true, "mark": "", "label": "bullish"}', "names no post"),
        ('{"post": 1, "mark": "", "label": "bull"}', "has the label 'bull'"),
        ('{"post": 1, "mark": "", "label": "bullish"}', "post 1 says something else"),
        ('{"post": 99999, "mark": "", "label": "bullish"}', "there is no post 99999"),
        (b"\xff", "is not JSON"),
    ],
)
def test_a_bad_line_stores_nothing(db: Path, line: str | bytes, reason: str) -> None:
    good = next(iter(invoke("label", "--next", "1").stdout.splitlines())).replace("null}", '"bullish"}')
    assert '"label": "bullish"' in good
    given = f"{good}\n".encode() + (line if isinstance(line, bytes) else line.encode())
    result = invoke("label", "--batch", "-", given=given)
    assert f"-:2 {reason}" in str(result.exception) or f"-:2: {reason}" in str(result.exception)
    assert "nothing was stored" in str(result.exception)
    with Store.open(db) as store:
        assert labels.labelled(store) == []


def test_without_a_terminal_it_says_what_to_do(db: Path) -> None:
    result = invoke("label")
    assert "wants a terminal" in str(result.exception)


# at a terminal


OF_ITS_OWN = """
import os, signal, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))  # makes it the terminal that Ctrl-C comes from
signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests that run in the background of a shell have been told to ignore it
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Screen:
    """A process at a terminal of its own: what it shows, and the keys it is given."""

    def __init__(self, args: list[str], columns: int) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, columns))
        self.before = termios.tcgetattr(slave)
        env = os.environ | {"TERM": "xterm", "PYTHONPATH": str(ROOT), "COLUMNS": str(columns)}
        command = [sys.executable, "-c", OF_ITS_OWN, "-m", "bot", "label", *args]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, cwd=ROOT, start_new_session=True
        )
        self.slave = slave
        self.text = ""

    def until(self, words: str, times: int = 1) -> str:
        """Read until words stand on the screen so often."""
        while self.plain().count(words) < times:
            ready, _, _ = select.select([self.master], [], [], 60)
            assert ready, f"{words!r} never came: {self.text}"
            self.text += os.read(self.master, 65536).decode("utf-8", "replace")
        return self.plain()

    def plain(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())


@contextmanager
def screen(*args: str, columns: int = 80) -> Iterator[Screen]:
    one = Screen(list(args), columns)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        os.close(one.slave)
        os.close(one.master)


def test_a_sitting_at_a_terminal(db: Path) -> None:
    with screen("--who", "me") as at:
        for number, key in enumerate(["3", "x", "１", "o", "u", "2", "s"], 1):
            at.until("q quit", number - (number > 2))  # x means nothing, so nothing new is shown
            at.press(key)
            if key == "x":
                at.until("\a")
        at.until("q quit", 7)
        at.press("q")
        shown = at.until("labelled by me so far")
        assert at.process.wait(20) == 0
        assert "4 posts in this sitting; 3 labelled by me" in shown
        assert termios.tcgetattr(at.slave) == at.before
    with Store.open(db) as store:
        given = [(one.label, one.off) for one in labels.given(store, "me")]
    assert given == [(Stance.BULLISH, False), (Stance.BEARISH, False), (Stance.NEUTRAL, False), (None, False)]


@pytest.mark.parametrize(("number", "key"), [(signal.SIGINT, None), (signal.SIGTERM, None), (None, "\x03")])
def test_stopping_gives_the_terminal_back_and_loses_nothing(
    db: Path, number: signal.Signals | None, key: str | None
) -> None:
    with screen("--who", "me") as at:
        at.until("q quit")
        at.press("3")
        at.until("q quit", 2)
        if number is not None:
            at.process.send_signal(number)
        else:
            at.press(key or "")
        at.until("1 labelled by me so far")
        assert at.process.wait(20) == 130
        assert termios.tcgetattr(at.slave) == at.before


def test_a_proposal_is_taken_by_enter(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(honest) as fake:
        monkeypatch.setenv("PAOMO_READER_URL", fake.url)
        monkeypatch.setenv("PAOMO_READER_MODEL", "m")
        with screen("--who", "me", "--limit", "1", "--propose", "endpoint") as at:
            assert "proposed: · neutral" in at.until("q quit")
            at.press("\r")
            at.until("1 labelled by me so far")
            assert at.process.wait(20) == 0
        [line] = invoke("label", "--next", "1", "--propose", "endpoint").stdout.splitlines()
        assert json.loads(line)["proposed"] == "neutral"


def test_chinese_on_a_narrow_terminal(db: Path) -> None:
    with screen(columns=24) as at:
        shown = at.until("quit").replace("\r", "")
        at.press("q")
        at.until("so far")
        assert at.process.wait(20) == 0
    from rich.cells import cell_len

    assert max(cell_len(line) for line in shown.splitlines()) <= 24


def test_queue_is_varied(db: Path) -> None:
    with Store.open(db) as store:
        first = list(islice(queue(store, Model.load()), 6))
    assert len({post.thread for post in first}) == 6
