"""Settings: the later source wins, secrets come from the environment alone, rubbish is named."""

from pathlib import Path

import pytest

from core.config import GUBA_COMMENTS, Settings, load
from core.errors import ConfigError


def written(folder: Path, text: str) -> dict[str, object]:
    path = folder / "paomo.toml"
    path.write_text(text, encoding="utf-8")
    return {"config_file": path}


def test_file_then_environment_then_flags(tmp_path: Path) -> None:
    flags = written(tmp_path, 'lang = "zh-Hans"\ndelay = 3\ntelegram_allow = [1, 2]\ndb = "file.db"')
    held = load({**flags, "db": Path("flag.db")}, {"PAOMO_LANG": "zh-Hant", "PAOMO_DB": "env.db"})
    assert (held.lang, held.delay, held.telegram_allow, held.db) == ("zh-Hant", 3.0, frozenset({1, 2}), Path("flag.db"))
    assert {name: held.origin[name] for name in ("lang", "delay", "db", "user_agent")} == {
        "lang": "PAOMO_LANG", "delay": str(tmp_path / "paomo.toml"), "db": "flag", "user_agent": "default",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lnag = 'en'", "unknown setting lnag"),
        ("lang = 'fr'", "must be one of"),
        ("delay = -1", "between 0 and 3600"),
        ("= 1", "is not TOML"),
        ("telegram_token = 'x'", "environment alone"),
    ],
)
def test_rubbish_in_the_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(written(tmp_path, text), {})


def test_no_secret_is_named_among_what_the_file_may_hold(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, "lnag = 'en'"), {})
    assert "lang" in str(error.value.hint)
    assert "token" not in str(error.value.hint)
    assert "key" not in str(error.value.hint)


def test_rubbish_in_the_environment_names_the_variable() -> None:
    with pytest.raises(ConfigError, match="telegram_allow “me” from PAOMO_TELEGRAM_ALLOW"):
        load({}, {"PAOMO_TELEGRAM_ALLOW": "me"})


def test_a_token_is_never_shown() -> None:
    held = load({}, {"PAOMO_TELEGRAM_TOKEN": "123:secret"})
    assert held.telegram_token == "123:secret"
    assert "secret" not in repr(held)


def test_a_token_file_must_be_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("123:secret\n")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by others"):
        load({}, {"PAOMO_TELEGRAM_TOKEN_FILE": str(path)})
    path.chmod(0o600)
    assert load({}, {"PAOMO_TELEGRAM_TOKEN_FILE": str(path)}).telegram_token == "123:secret"


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load({"config_file": tmp_path / "none.toml"}, {})


def test_defaults_lie_in_the_users_own_folders(own_home: Path) -> None:
    held = load({}, {})
    assert isinstance(held, Settings)
    assert own_home in held.db.parents
    assert held.lang == "en"


@pytest.mark.parametrize(("text", "value"), [("none", None), ("https://a.example/x", "https://a.example/x")])
def test_comments_of_guba_can_be_left_out_or_asked_elsewhere(text: str, value: str | None) -> None:
    assert load({}, {"PAOMO_GUBA_COMMENTS": text}).guba_comments == value
    assert load({}, {}).guba_comments == GUBA_COMMENTS
    with pytest.raises(ConfigError, match="https://"):
        load({}, {"PAOMO_GUBA_COMMENTS": "http://a.example"})
