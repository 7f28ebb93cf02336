"""`--reader` on the command line: an endpoint over real HTTP, a reader of somebody else's, and which model is in force."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.cli.main import main
from bot.stance_model import load_model, load_reader, model_file, own_model
from core.config import Settings, load
from core.errors import ConfigError, ModelError, UsageError
from nlp.model import SHIPPED
from tests.bot.command import invoke
from tests.nlp.fake_endpoint import Answer, honest, serving, status

KEY = "sk-nobody-may-read-this"


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Settings of an endpoint, for a fake one."""

    def point_at(url: str) -> None:
        monkeypatch.setenv("PAOMO_DB", str(tmp_path / "x.db"))
        monkeypatch.setenv("PAOMO_READER_URL", url)
        monkeypatch.setenv("PAOMO_READER_MODEL", "m")
        monkeypatch.setenv("PAOMO_READER_KEY", KEY)
        monkeypatch.setenv("PAOMO_READER_PRICE", "1 2")

    return point_at


def test_score_by_an_endpoint(set_up: Any) -> None:
    with serving(honest) as fake:
        set_up(fake.url)
        result = invoke("score", "--reader", "endpoint", "-", given="NVDA涨\n晚安\n")
        assert result.exit_code == 0, result.output
        up, neutral = map(json.loads, result.stdout.splitlines())
        assert (up["label"], up["tickers"], up["model"]) == ("bullish", ["NVDA"], "endpoint m")
        assert up["score"] == pytest.approx(0.7)
        assert neutral["label"] == "neutral"
        assert (up["margin"], up["p_on_topic"], up["evidence"]) == (None, None, [])
        assert "1 request in " in result.stderr
        assert "US dollars; 2 of 2 texts read" in result.stderr
        assert KEY not in result.output
        assert invoke("score", "--reader", "endpoint", "涨").stdout.startswith("bullish")


def test_what_was_not_read_is_null_and_ends_with_1(set_up: Any) -> None:
    def shy(texts: Sequence[str]) -> Answer:
        return (200, {}, b"{}") if "秘" in texts else honest(list(texts))

    with serving(shy) as fake:
        set_up(fake.url)
        result = invoke("score", "--reader", "endpoint", "--jsonl", "涨", "秘")
        assert result.exit_code == 0  # click's runner; the code is what `main` returns
        assert [json.loads(line)["label"] for line in result.stdout.splitlines()] == ["bullish", None]
        assert "could not read 1 of 2 texts" in result.stderr
        assert invoke("score", "--reader", "endpoint", "秘").stdout == "not read\n"
        assert main(["score", "--reader", "endpoint", "涨", "秘"]) == 1


def test_the_setting_chooses_and_the_model_is_the_default(set_up: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(status(500)) as fake:
        set_up(fake.url)
        assert json.loads(invoke("score", "--json", "涨").stdout)["model"].startswith("stance")
        assert fake.asked == []
    with serving(honest) as fake:
        set_up(fake.url)
        monkeypatch.setenv("PAOMO_READER", "endpoint")
        assert json.loads(invoke("score", "--json", "涨").stdout)["model"] == "endpoint m"


def test_the_key_is_shown_nowhere(set_up: Any, tmp_path: Path) -> None:
    set_up("https://api.example.com/v1")
    assert KEY not in invoke("config").output + invoke("config", "--json").output + repr(load())
    file = tmp_path / "paomo.toml"
    file.write_text(f'reader_key = "{KEY}"\n', "utf-8")
    with pytest.raises(ConfigError, match="secrets are taken from the environment alone") as error:
        load({"config_file": file})
    assert KEY not in str(error.value)


@pytest.mark.parametrize("price", ["1", "a b", "1 2 3", "-1 2", "1e9 2", "nan 1"])
def test_prices_that_are_none(price: str) -> None:
    with pytest.raises(ConfigError, match="two numbers"):
        load(environ={"PAOMO_READER_PRICE": price})


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["--reader", "endpoint", "a"], "set PAOMO_READER_URL"),
        (["--reader", "nobody", "a"], "there is no reader 'nobody'"),
        (["--reader", "endpoint", "--explain", "a"], "gives no evidence"),
        (["--reader", "gone.npz", "a"], "gone"),
    ],
)
def test_what_cannot_be_asked(args: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", *args]) in {1, 2}
    assert reason in capsys.readouterr().err


def test_readers_are_compared_on_the_posts_that_all_read(set_up: Any, tmp_path: Path) -> None:
    rows = [("涨", "bullish"), ("跌", "bearish"), ("晚安", "neutral"), ("秘", "neutral")] * 3
    lines = [json.dumps({"text": text * (1 + k), "label": label, "thread": k}) for k, (text, label) in enumerate(rows)]
    posts = tmp_path / "posts.jsonl"
    posts.write_text("\n".join(lines), "utf-8")

    def shy(texts: list[str]) -> Answer:
        return (200, {}, b"{}") if any("秘" in text for text in texts) else honest(texts)

    with serving(shy) as fake:
        set_up(fake.url)
        result = invoke("evaluate", str(posts), "--reader", "model", "--reader", "endpoint", "--json")
        assert result.exit_code == 0, result.output
        document = json.loads(result.stdout)
        assert (document["posts"], document["compared_on"]) == (12, 9)
        ours, theirs = document["readers"]
        assert (ours["unread"], theirs["unread"]) == (0, 3)
        assert theirs["accuracy"]["value"] == 1.0
        assert ours["posts"] == theirs["posts"] == 9
        table = invoke("evaluate", str(posts), "--reader", "model", "--reader", "endpoint").stdout
        assert "9 of 12 posts" in table
        assert "always neutral" in table
        assert "涨" in fake.posts(0)[0], "readers get posts as written"


def test_raw_text_goes_to_readers(tmp_path: Path, set_up: Any) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "$英偉達(NVDA)$ 漲了7.5%", "label": "bullish"}', "utf-8")
    with serving(honest) as fake:
        set_up(fake.url)
        assert invoke("evaluate", str(posts), "--reader", "endpoint").exit_code == 0
        assert fake.posts() == ["$英偉達(NVDA)$ 漲了7.5%"]


def test_which_model_is_in_force(tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    held = Settings(db=db, lang="en")
    assert model_file(held) is None
    own = own_model(db)
    for name in (own, own.with_suffix(".json")):
        name.write_bytes(SHIPPED.with_suffix(name.suffix).read_bytes())
    assert model_file(held) == own
    assert load_model(held).name == load_model(Settings(db=tmp_path / "elsewhere" / "x.db", lang="en")).name
    environ = {"PAOMO_DB": str(db)}
    assert model_file(load(environ=environ | {"PAOMO_MODEL": "shipped"})) is None
    assert model_file(load(environ=environ | {"PAOMO_MODEL": "/a/b.npz"})) == Path("/a/b.npz")
    own.write_bytes(b"rubbish")
    with pytest.raises(ModelError, match="is damaged"):
        load_model(held)


def test_a_model_file_is_a_reader(tmp_path: Path) -> None:
    reader = load_reader(str(SHIPPED), Settings(db=tmp_path / "x.db", lang="en"))
    assert np.isfinite(reader.read(["涨"])).all()
    with pytest.raises(UsageError, match="own network"):
        load_reader(
            "endpoint", Settings(db=tmp_path / "x.db", lang="en", reader_url="http://a.example", reader_model="m")
        )
