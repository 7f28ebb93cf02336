"""Settings: read once, from `paomo.toml`, then the environment, then flags; the later wins.

Adding a setting: one row in `SETTINGS` and a field of the same name in `Settings`. `paomo config` is made from the rows,
and a test holds the table in docs/settings.md to them. Secrets come from the environment alone, or from a file that the
environment names and that only its owner can read; a secret in `paomo.toml` is refused.
"""

import os
import re
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ConfigError

_HOST = re.compile(r"(?=[^@]{4,253}(?:@|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}(?:@7)?")

GUBA_COMMENTS = "https://guba.eastmoney.com/api/getData"
"""Where Guba answers what is said below a post; an older one is `/interface/GetData.aspx` there."""

LANGS = ("zh-Hant", "zh-Hans", "en")

OUR_MODEL = Path("shipped")
"""The stance model that comes with paomo, as the setting `model` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: its name in `paomo.toml`, what it means, how a text becomes its value."""

    name: str
    meaning: str
    read: Callable[[str], Any]
    default: str
    secret: bool = False

    @property
    def env(self) -> str:
        """The name in the environment."""
        return f"PAOMO_{self.name.upper()}"


def _lang(text: str) -> str:
    for lang in LANGS:
        if text.lower() == lang.lower():
            return lang
    raise ValueError(f"must be one of {', '.join(LANGS)}")


def _ids(text: str) -> frozenset[int]:
    parts = text.replace(",", " ").split()
    if bad := [part for part in parts if not re.fullmatch(r"-?\d{1,20}", part)]:
        raise ValueError(f"{bad[0]} is not an id; ids are numbers, and /id tells a chat its own")
    return frozenset(map(int, parts))


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d+(?:\.\d+)?", text.strip()) or not 0 <= float(text) <= 3600:
        raise ValueError("must be a number of seconds between 0 and 3600")
    return float(text)


def _days(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text.strip()):
        raise ValueError("must be a whole number of days, 0 for ever")
    return int(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,6}", text.strip()):
        raise ValueError("must be a whole number between 1 and 9999999")
    return int(text)


def often(text: str) -> float:
    """Seconds between two runs, from `30m`, `6h`, `1d`; 0 for never. Raises `ValueError`.

    >>> often("30m"), often("off")
    (1800.0, 0.0)
    """
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([smhd])", text.strip().lower())
    if text.strip().lower() in ("0", "off", "never"):
        return 0.0
    seconds = float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]] if match else 0.0
    if seconds < 60:
        raise ValueError("must be a length of time from a minute on, such as 30m, 6h or 1d, or 0 for never")
    return seconds


def _address(text: str) -> str:
    if text and not text.startswith(("http://", "https://", "socks5://")):
        raise ValueError("must start with http://, https:// or socks5://")
    return text.rstrip("/")


def _comments(text: str) -> str:
    if text.strip().lower() in ("", "none"):
        return ""
    if not text.startswith("https://"):
        raise ValueError("must start with https://, or be none")
    return text.strip()


def _hosts(text: str) -> frozenset[str]:
    parts = text.replace(",", " ").lower().split()
    if bad := [part for part in parts if not _HOST.fullmatch(part)]:
        raise ValueError(f"{bad[0]} is not a host name, such as bbs.example.com, or bbs.example.com@7")
    return frozenset(parts)


def _model(text: str) -> Path:
    return OUR_MODEL if text.strip().lower() == str(OUR_MODEL) else Path(text).expanduser()


def _price(text: str) -> tuple[float, float]:
    parts = text.replace(",", " ").split()
    if len(parts) != 2 or not all(re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", part) for part in parts):
        raise ValueError("must be two numbers: US dollars for a million tokens in and a million out")
    return float(parts[0]), float(parts[1])


SETTINGS = (
    Setting(name="db", meaning="database file", read=lambda text: Path(text).expanduser(), default="paomo.db in the user's data folder"),
    Setting(name="lang", meaning="language of tables, and of answers to questions in no clear language: zh-Hant, zh-Hans or en", read=_lang, default="from the locale, else en"),
    Setting(name="figures", meaning="folder with figure cards of your own", read=lambda text: Path(text).expanduser(), default="none"),
    Setting(name="model", meaning="stance model of your own (.npz); shipped: the one that comes with paomo", read=_model, default="what `paomo train --add` made beside the database, else shipped"),
    Setting(name="reader", meaning="who judges in `paomo score`: model, endpoint, or an installed reader's name", read=str.strip, default="model"),
    Setting(name="reader_url", meaning="address of an OpenAI-compatible API, such as http://localhost:11434/v1", read=_address, default="none"),
    Setting(name="reader_model", meaning="which of its models to ask", read=str.strip, default="none"),
    Setting(name="reader_key", meaning="its key", read=str.strip, default="none", secret=True),
    Setting(name="reader_price", meaning="US dollars for a million tokens in and a million out, such as 0.15 0.6", read=_price, default="unknown"),
    Setting(name="reader_batch", meaning="texts that it is sent in one request", read=_count, default="20"),
    Setting(name="user_agent", meaning="how the scraper introduces itself; add a way to reach you", read=str.strip, default="paomo/VERSION"),
    Setting(name="delay", meaning="seconds between two requests to one forum, at least", read=_seconds, default="2"),
    Setting(name="daily_requests", meaning="requests a day, UTC, that a crawl may make to one forum", read=_count, default="4000"),
    Setting(name="boards", meaning="boards that `paomo crawl` follows when none is named, beside those of `paomo follow`", read=lambda text: tuple(text.replace(",", " ").split()), default="none"),
    Setting(name="crawl_every", meaning="how often `paomo bot` crawls what is followed; 0 for never", read=often, default="30m"),
    Setting(name="scrape_proxy", meaning="proxy for fetching forum pages", read=_address, default="none"),
    Setting(name="keep_days", meaning="days that a thread is kept after its newest post; 0 for ever", read=_days, default="0"),
    Setting(name="keep_pages_days", meaning="days that the bytes of its pages are kept after that; 0 for ever", read=_days, default="0"),
    Setting(name="guba_comments", meaning="where the comments of Guba are asked for; none: they are left out", read=_comments, default=GUBA_COMMENTS),
    Setting(name="discuz_hosts", meaning="hosts of Discuz! boards that may be asked; @7 behind one of version 7 or older", read=_hosts, default="none"),
    Setting(name="telegram_token", meaning="the bot's token from BotFather", read=str.strip, default="none", secret=True),
    Setting(name="telegram_token_file", meaning="file with the token, readable by its owner alone (environment only)", read=lambda text: Path(text).expanduser(), default="none"),
    Setting(name="telegram_allow", meaning="ids of the users and chats that may talk to the bot; /id tells them theirs", read=_ids, default="nobody"),
    Setting(name="telegram_admins", meaning="ids of the users who may correct stances by button", read=_ids, default="nobody"),
    Setting(name="telegram_api", meaning="address of a Bot API server of your own", read=_address, default="Telegram's"),
    Setting(name="telegram_proxy", meaning="proxy for reaching Telegram", read=_address, default="none"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds. `origin` tells for each setting where its value came from: `default`, a file, a variable, a flag."""

    db: Path
    lang: str
    figures: Path | None = None
    model: Path | None = None
    reader: str = "model"
    reader_url: str | None = None
    reader_model: str | None = None
    reader_key: str | None = field(default=None, repr=False)
    reader_price: tuple[float, float] | None = None
    reader_batch: int = 20
    user_agent: str | None = None
    delay: float = 2.0
    daily_requests: int = 4000
    boards: tuple[str, ...] = ()
    crawl_every: float = 1800.0
    scrape_proxy: str | None = None
    keep_days: int = 0
    keep_pages_days: int = 0
    guba_comments: str | None = GUBA_COMMENTS
    discuz_hosts: frozenset[str] = frozenset()
    telegram_token: str | None = field(default=None, repr=False)
    telegram_token_file: Path | None = None
    telegram_allow: frozenset[int] = frozenset()
    telegram_admins: frozenset[int] = frozenset()
    telegram_api: str | None = None
    telegram_proxy: str | None = None
    origin: Mapping[str, str] = field(default_factory=dict)


def load(flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings: file, then environment, then flags.

    flags: values already of the right type, by name; `config_file` names the TOML file.
    Raises `ConfigError` naming the setting and where its value came from.
    """
    flags = dict(flags or {})
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origin = {setting.name: "default" for setting in SETTINGS}
    config_file = flags.pop("config_file", None) or environ.get("PAOMO_CONFIG")
    for name, text, where in (*_from_file(config_file), *_from_environment(environ)):
        setting = next(setting for setting in SETTINGS if setting.name == name)
        try:
            values[name] = setting.read(text)
        except ValueError as error:
            shown = "" if setting.secret else f" “{without_password(text)}”"
            raise ConfigError(f"the setting {name}{shown} from {where} cannot be used: {error}") from None
        origin[name] = where
    for name, value in flags.items():
        values[name], origin[name] = value, "flag"
    if (token_file := values.get("telegram_token_file")) and not values.get("telegram_token"):
        values["telegram_token"], origin["telegram_token"] = _secret(token_file), f"file {token_file}"
    values.setdefault("db", default_db())
    values.setdefault("lang", _locale_lang(environ))
    fields: dict[str, Any] = {name: None if value == "" else value for name, value in values.items()}
    return Settings(**fields, origin=origin)


def without_password(text: str) -> str:
    """An address without the name and password in it.

    >>> without_password("http://me:secret@proxy:8080")
    'http://***@proxy:8080'
    """
    return re.sub(r"//[^@/]*@", "//***@", text)


def default_db() -> Path:
    """`paomo.db` in the user's data folder."""
    import platformdirs

    return platformdirs.user_data_path("paomo", appauthor=False) / "paomo.db"


def default_config() -> Path:
    """`paomo.toml` in the user's configuration folder."""
    import platformdirs

    return platformdirs.user_config_path("paomo", appauthor=False) / "paomo.toml"


def _in_a_file(known: Mapping[str, Setting]) -> list[str]:
    """The settings that `paomo.toml` may hold: no secret, and no way to one."""
    return [name for name, setting in known.items() if not setting.secret and name != "telegram_token_file"]


def _from_file(named: str | Path | None) -> list[tuple[str, str, str]]:
    path = Path(named).expanduser() if named else default_config()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            raise ConfigError(f"the settings file {path} does not exist") from None
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the settings file {path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the settings file {path} is not TOML: {error}") from None
    known = {setting.name: setting for setting in SETTINGS}
    rows = []
    for name, value in table.items():
        if name not in known:
            raise ConfigError(f"unknown setting {name} in {path}", hint=f"known are {', '.join(_in_a_file(known))}")
        if name not in _in_a_file(known):
            raise ConfigError(
                f"{name} stands in {path}; secrets are taken from the environment alone",
                hint=f"remove it there and set {known[name].env}",
            )
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        rows.append((name, text, str(path)))
    return rows


def _from_environment(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(setting.name, environ[setting.env], setting.env) for setting in SETTINGS if environ.get(setting.env)]


def _secret(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(f"the token file {path} can be read by others", hint=f"chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the token file {path} cannot be read: {error}") from None


def _locale_lang(environ: Mapping[str, str]) -> str:
    """The interface language that the locale asks for.

    >>> [_locale_lang({"LANG": v}) for v in ("zh_TW.UTF-8", "zh_CN.UTF-8", "C.UTF-8")]
    ['zh-Hant', 'zh-Hans', 'en']
    """
    name = (
        next((environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(key)), "")
        .replace("-", "_")
        .lower()
    )
    if not name.startswith("zh"):
        return "en"
    return "zh-Hant" if any(tag in name for tag in ("tw", "hk", "mo", "hant")) else "zh-Hans"
