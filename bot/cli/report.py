"""`paomo report`: the trend by day, who and what is spoken of, the busiest threads."""

import csv
import io
from datetime import datetime
from typing import Any

import click

from bot.cli.context import print_json, settings, today
from core.errors import NotFound, UsageError

FEW = 30
_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = ("date", "n", "bullish", "neutral", "bearish", "bullishness", "low", "high", "agreement")


@click.command(short_help="Sentiment trends.")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    default=14,
    show_default=True,
    help="How many days, up to the newest post or --until.",
)
@click.option("--board", help="Only this board, such as cfzh or wenxuecity:cfzh.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day.  [default: the day of the newest post]")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv", "md"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--csv", "as_csv", is_flag=True, help="Short for --format csv.")
def report(days: int, board: str | None, until: datetime | None, form: str, as_json: bool, as_csv: bool) -> None:
    """Who is bullish and who is bearish, day by day on the forum's own calendar.

    Bullishness is ln((1 + bullish) / (1 + bearish)), agreement 1 - sqrt(1 - ((bull - bear) / (bull + bear))²), after
    Antweiler and Frank (2004). A day without posts is empty, not zero.
    """
    from bot.report import build, to_json
    from core.forum import Board
    from core.store import Store

    held = settings()
    if as_json and as_csv:
        raise UsageError("--json and --csv cannot both hold")
    form = "json" if as_json else "csv" if as_csv else form
    with Store.open(held.db, readonly=True) as store:
        made = build(
            store, days=days, board=Board.parse(board) if board else None, until=until.date() if until else None
        )
    if made is None or made.total.n == 0:
        raise NotFound(
            f"no judged posts in {held.db}"
            + (f" on board {board}" if board else "")
            + (f" up to {until:%Y-%m-%d}" if until else ""),
            hint="paomo ingest stores and judges threads",
        )
    document = to_json(made)
    if form == "json":
        print_json(document)
    elif form == "csv":
        click.echo(_csv(document["days"]), nl=False)
    elif form == "md":
        click.echo(_markdown(document["days"]))
    else:
        _table(document, held.lang)


def spark(values: list[float | None]) -> str:
    """A line of bars, zero in the middle; a day without posts is a blank.

    >>> spark([-1.0, None, 0.0, 1.0])
    '▁ ▅█'
    """
    most = max((abs(value) for value in values if value is not None), default=0.0) or 1.0
    return "".join(" " if value is None else _BARS[round((value / most + 1) / 2 * 7)] for value in values)


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "{from} to {to}: {n} posts by {authors} authors", "date": "date", "n": "posts", "bullish": "bull", "neutral": "neutral", "bearish": "bear",
        "bullishness": "bullishness (95%)", "agreement": "agreement", "trend": "bullishness  ", "before": "all days {now}, the {days} days before {then}",
        "few": "fewer than {few} posts take a side or not: do not read much into it", "tickers": "most mentioned", "themes": "themes", "threads": "busiest threads",
        "old": "the newest post is {age} days old", "extremes": "euphoria {euphoria} posts, capitulation {capitulation} posts",
    },
    "zh-Hant": {
        "title": "{from} 至 {to}：{n} 則，{authors} 位作者", "date": "日期", "n": "則數", "bullish": "看多", "neutral": "中性", "bearish": "看空",
        "bullishness": "多空指數（95%）", "agreement": "一致度", "trend": "多空指數 ", "before": "整段 {now}，前 {days} 天 {then}",
        "few": "不到 {few} 則，看看就好", "tickers": "提到最多", "themes": "主題", "threads": "最熱的討論串",
        "old": "最新一則已是 {age} 天前", "extremes": "狂熱 {euphoria} 則，認賠 {capitulation} 則",
    },
    "zh-Hans": {
        "title": "{from} 至 {to}：{n} 帖，{authors} 位作者", "date": "日期", "n": "帖数", "bullish": "看多", "neutral": "中性", "bearish": "看空",
        "bullishness": "多空指数（95%）", "agreement": "一致度", "trend": "多空指数 ", "before": "整段 {now}，前 {days} 天 {then}",
        "few": "不到 {few} 帖，看看就好", "tickers": "提到最多", "themes": "主题", "threads": "最热的讨论串",
        "old": "最新一帖已是 {age} 天前", "extremes": "狂热 {euphoria} 帖，认赔 {capitulation} 帖",
    },
}  # fmt: skip


def _table(document: dict[str, Any], lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.render.terminal import console

    words, out = _WORDS[lang], console()
    out.print(Text(words["title"].format(**document), style="bold"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("date", "n", "bullish", "neutral", "bearish", "bullishness", "agreement"):
        table.add_column(words[column], justify="left" if column == "date" else "right", no_wrap=True)
    for day in document["days"]:
        table.add_row(
            day["date"],
            *(str(day[name]) if day["n"] else "" for name in ("n", "bullish", "neutral", "bearish")),
            _interval(day),
            _plain(day["agreement"]),
        )
    out.print(table)
    out.print(Text(words["trend"] + spark([day["bullishness"] for day in document["days"]])))
    if document["before"]:
        out.print(
            Text(
                words["before"].format(
                    now=_interval(document["total"]), days=len(document["days"]), then=_interval(document["before"])
                )
            )
        )
    if document["n"] < FEW:
        out.print(Text(words["few"].format(few=FEW), style="italic"))
    age = (today() - datetime.fromisoformat(document["to"]).date()).days
    if age > 2:
        out.print(Text(words["old"].format(age=age), style="italic"))
    _lists(document, words, lang, out)


def _lists(document: dict[str, Any], words: dict[str, str], lang: str, out: Any) -> None:
    from rich.text import Text

    from core import aliases
    from core.text import clean

    for name in ("tickers", "themes"):
        if document[name]:
            line = "  ".join(
                f"{aliases.get(row['id']).name(lang)} {row['n']} (▲{row['bullish']} ▼{row['bearish']})"
                for row in document[name][:6]
            )
            out.print(Text.assemble((f"{words[name]}: ", "bold"), line))
    out.print(Text(words["extremes"].format(**{name: row["n"] for name, row in document["extremes"].items()})))
    if document["threads"]:
        out.print(Text(words["threads"], style="bold"))
    for row in document["threads"][:5]:
        out.print(
            Text.assemble(
                f"  ▲{row['bullish']:<3}▼{row['bearish']:<3}", clean(row["title"]), (f"  {row['url'] or ''}", "dim")
            ),
            soft_wrap=True,
        )


def _interval(mood: dict[str, Any]) -> str:
    if mood["bullishness"] is None:
        return ""
    return f"{mood['bullishness']:+.2f} ({mood['low']:+.2f} … {mood['high']:+.2f})"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _csv(days: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(days)
    return text.getvalue()


def _markdown(days: list[dict[str, Any]]) -> str:
    lines = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    lines += [f"| {' | '.join('' if day[name] is None else str(day[name]) for name in _COLUMNS)} |" for day in days]
    return "\n".join(lines)
