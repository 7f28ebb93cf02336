"""`paomo train --add` and `paomo evaluate --own`, from labels to the model that judges from then on."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.stance_model import own_model
from core.forum import Post, Thread
from core.sentiment import Stance
from core.storage import labels
from core.storage.labels import Label
from core.store import Store
from nlp.learning.adapt import LEAST
from nlp.model import Model
from tests.bot.command import invoke

WORDS = {"bullish": "螃蟹上山", "bearish": "螃蟹下锅", "neutral": "螃蟹睡觉"}


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "board" / "x.db"
    monkeypatch.setenv("PAOMO_DB", str(path))
    return path


def label_all(db: Path, count: int) -> None:
    """Store posts and label them, as a script would."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with Store.open(db) as store:
        for n in range(count // 5):
            said = [list(WORDS)[(n + k) % 3] for k in range(5)]
            posts = [
                Post(
                    n=k, id=f"{n}{k}", parent_id=f"{n}0" if k else None, title=f"{WORDS[one]}{chr(0x4E00 + 31 * n + k)}"
                )
                for k, one in enumerate(said)
            ]
            thread = Thread(site="wenxuecity", board="cfzh", url=f"https://example.com/{n}", root=posts[0], replies=tuple(posts[1:]))  # fmt: skip
            store.save(thread, b"%d" % n, url=None, headers={}, fetched_at=now, now=now)
            for stored, one in zip(store.thread(f"{n}0").posts, said, strict=True):
                mark = labels.post(store, stored.pk).mark
                labels.put(store, Label(post=stored.pk, mark=mark, label=Stance(one), who="me", at=now))


def test_from_labels_to_the_model_in_force(db: Path, tmp_path: Path) -> None:
    label_all(db, 120)
    before = json.loads(invoke("score", "--json", "螃蟹下锅").stdout)
    result = invoke("train", "--add")
    assert result.exit_code == 0, result.output
    assert "with 120 labels" in result.output
    assert "points of accuracy" in result.output
    assert own_model(db).exists()
    after = json.loads(invoke("score", "--json", "螃蟹下锅").stdout)
    assert before["model"] == Model.load().name != after["model"]
    assert after["label"] == "bearish" != before["label"]
    assert invoke("rescore").exit_code == 0
    own = json.loads(invoke("evaluate", "--own", "--json").stdout)
    assert own["after"]["accuracy"]["value"] > own["before"]["accuracy"]["value"]
    assert "with own labels" in invoke("evaluate", "--own").stdout
    again = invoke("train", "--add")
    assert Model.load(own_model(db)).card["corrects"]["model"] == Model.load().name, "never corrected twice"
    assert again.exit_code == 0


def test_elsewhere_and_with_another_weight(db: Path, tmp_path: Path) -> None:
    label_all(db, 120)
    out = tmp_path / "mine.npz"
    result = invoke("train", "--add", "--weight", "0.5", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert Model.load(out).card["corrects"]["weight"] == 0.5
    assert not own_model(db).exists()


def test_labels_of_others_count_too(db: Path, tmp_path: Path) -> None:
    label_all(db, 60)
    assert f"{LEAST - 60} more are needed" in str(invoke("train", "--add").exception)
    theirs = tmp_path / "theirs.jsonl"
    lines = [json.dumps({"text": f"灶{n}开", "label": list(WORDS)[n % 3], "thread": n}) for n in range(60)]
    theirs.write_text("\n".join(lines), "utf-8")
    result = invoke("train", "--add", str(theirs))
    assert result.exit_code == 0, result.output
    assert "with 120 labels" in result.output


def test_another_model_in_force_is_told(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    label_all(db, 120)
    monkeypatch.setenv("PAOMO_MODEL", "shipped")
    assert "the setting model names another one (PAOMO_MODEL)" in invoke("train", "--add").stderr


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["train", "--add"], "No such|there is no|does not exist|no database"),
        (["train", "--add", "--out", "x.bin"], "does not end in .npz"),
        (["train", "--add", "--all"], "--add takes"),
        (["train", "--weight", "2"], "goes with --add"),
        (["train"], "no FILE to learn from"),
        (["evaluate", "--own", "--pairs"], "stand alone"),
        (["evaluate", "--own", "--reader", "model"], "stand alone"),
        (["evaluate", "--reader", "model", "--folds", "5"], "stand alone"),
    ],
)
def test_what_cannot_be_asked(db: Path, args: list[str], reason: str) -> None:
    result = invoke(*args)
    assert result.exit_code != 0
    assert re.search(reason, str(result.exception))


def test_too_few_to_measure(db: Path) -> None:
    label_all(db, 10)
    assert "20 more are needed" in str(invoke("evaluate", "--own").exception)
