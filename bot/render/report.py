"""The report as lines for a terminal: plain text that stands straight at any width, without a need for colour.

Written from the JSON document of `bot.report.to_json`, so that no two forms of the report can say different things.
Whoever prints makes headings bold.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.render.columns import Column, cut, table
from bot.render.report_words import WORDS
from bot.render.wording import filled
from core import aliases
from core.text import clean, one_line

FEW = 30
_BARS = "▁▂▃▄▅▆▇█"
_NARROW = 60  # below, dates lose their year
_MOST_THREADS, _MOST_SAID = 5, 20
Document = dict[str, Any]


def lines(document: Document, lang: str, width: int, *, age: int = 0) -> Iterator[tuple[str, bool]]:
    """The report's lines, and whether each is a heading. age: days since the newest day."""
    words = WORDS[lang]
    yield words["title" if document["n"] else "title_empty"].format(**document), True
    yield from _plain(_days(document, words, width))
    yield from _plain(_trend(document, words, width))
    if document["n"] < FEW:
        yield words["few"].format(few=FEW), False
    if age > 2:
        yield words["old"].format(age=age), False
    if document["prices"]:
        yield from _plain(lead(document["prices"], words))
    if document["record"]:
        yield from _record(document["record"], words, width, priced=bool(document["prices"]))
    else:
        yield from _lists(document, words, lang, width)
    yield filled(words["extremes"], **document["extremes"]), False
    yield from _plain(signals(document, words, lang))
    if document["words"]:
        yield from _words(document["words"], words, width)
    yield from _threads(document, words, width)
    if document["unread"]:
        yield words["unread"], False
    yield words["advice"], False


def spark(values: Sequence[float | None]) -> str:
    """A line of bars, zero in the middle; a day without posts is a blank.

    >>> spark([-1.0, None, 0.0, 1.0])
    '▁ ▅█'
    """
    most = max((abs(value) for value in values if value is not None), default=0.0) or 1.0
    return "".join(" " if value is None else _BARS[round((value / most + 1) / 2 * 7)] for value in values)


def runs(values: Sequence[float | None]) -> list[tuple[int, int]]:
    """The stretches of a curve without a gap, first and last place of each.

    >>> runs([1.0, 2.0, None, 3.0, None])
    [(0, 1), (3, 3)]
    """
    found: list[tuple[int, int]] = []
    for at, value in enumerate(values):
        if value is not None and found and found[-1][1] == at - 1:
            found[-1] = found[-1][0], at
        elif value is not None:
            found.append((at, at))
    return found


def _plain(texts: Iterator[str]) -> Iterator[tuple[str, bool]]:
    for text in texts:
        yield text, False


def _days(document: Document, words: dict[str, str], width: int) -> Iterator[str]:
    days, by = document["days"], document["by"]
    dates = [day["date"][: 7 if by == "month" else 10][5 if width < _NARROW and by != "month" else 0 :] for day in days]
    columns = [
        Column(head=words[by] if width >= _NARROW else words["day"], cells=dates, right=False),
        Column(head=words["n"], cells=[str(day["n"] or "") for day in days]),
        *(
            Column(head=words[name], cells=[share(day[name], day["n"]) for day in days], spare=spare)
            for name, spare in (("bullish", 3), ("neutral", 6), ("bearish", 4))
        ),
        *(
            Column(head=words[name], cells=[_signed(day[name]) for day in days], spare=spare)
            for name, spare in (("bullishness", 0), ("low", 2), ("high", 2))
        ),
        Column(
            head=words["agreement"],
            cells=["" if day["agreement"] is None else f"{day['agreement']:.2f}" for day in days],
            spare=7,
        ),
    ]
    if document["prices"]:
        columns += [
            Column(head=words["close"], cells=[_close(day["close"]) for day in days], spare=1),
            Column(
                head=words["close_change"],
                cells=["" if day["close_change"] is None else f"{day['close_change']:+.1%}" for day in days],
                spare=1,
            ),
        ]
    yield from table(columns, width)


def _trend(document: Document, words: dict[str, str], width: int) -> Iterator[str]:
    """The sparkline, broken where the terminal ends, and the change against the window before."""
    values = [day["bullishness"] for day in document["days"]]
    bars = spark(values)
    room = max(8, width - len(words["spark"]) * 2 - 2)
    for at in range(0, len(bars), room):
        yield f"{words['spark']}  {bars[at : at + room]}"
    yield words["legend"]
    if document["n"]:
        told = {"now": document["total"]["bullishness"], "days": span(document)}
        change = document["change"]
        which = "no_before" if change is None else "change_chance" if change["chance"] else "change_up"
        if change is not None or document["record"] is None:  # before all that an author wrote there is nothing
            yield filled(words[which], **told, **(change or {}))


def span(document: Document) -> int:
    """How many days the window has."""
    from datetime import date

    return (date.fromisoformat(document["to"]) - date.fromisoformat(document["from"])).days + 1


def _lists(document: Document, words: dict[str, str], lang: str, width: int) -> Iterator[tuple[str, bool]]:
    for name in ("tickers", "themes", "boards", "writers"):
        rows = document[name]
        if not rows or (name == "boards" and len(rows) < 2):
            continue
        yield words[name], True
        named = name in ("tickers", "themes")
        columns = [
            Column(head=words["name"], cells=[name_of(row, lang, named=named) for row in rows], right=False),
            Column(head=words["n"], cells=[str(row["n"]) for row in rows]),
            Column(head=words["bullish"], cells=[str(row["bullish"]) for row in rows], spare=3),
            Column(head=words["bearish"], cells=[str(row["bearish"]) for row in rows], spare=3),
            Column(head=words["bullishness"], cells=[_signed(row["bullishness"]) for row in rows]),
            Column(head=words["low"], cells=[_signed(row["low"]) for row in rows], spare=2),
            Column(head=words["high"], cells=[_signed(row["high"]) for row in rows], spare=2),
        ]
        if named:
            columns += [
                Column(head=words["share"], cells=[f"{row['share']['share']:.0%}" for row in rows], spare=4),
                Column(
                    head=words["rise"],
                    cells=[f"{row['rise']['share']:+.0%}" if row["rise"] else "" for row in rows],
                    spare=5,
                ),
                Column(head=words["z"], cells=[_z(row["buzz"]) for row in rows], spare=6),
            ]
        yield from _plain(iter(table(columns, width)))


def name_of(row: Document, lang: str, *, named: bool) -> str:
    """A name of ours, or one that somebody gave himself: on one line, and nothing that moves a cursor."""
    if named:
        return aliases.get(row["id"], row["kind"]).name(lang)
    return cut(one_line(row["id"][:400]) or "?", 24)


def signals(document: Document, words: dict[str, str], lang: str) -> Iterator[str]:
    """Buzz, rotation and divergence in sentences, where there is something to say."""
    loud = [
        words["buzz_one" if one["weekday"] else "buzz_few"].format(name=name_of(one, lang, named=True), **one)
        for one in document["buzz"][:5]
    ]
    if loud:
        yield words["buzz"].format(to=document["to"], names="; ".join(loud) if lang == "en" else "；".join(loud))
    moved = [
        words["rotation_one"].format(name=aliases.get(one["id"], "theme").name(lang), **one["rise"])
        for one in document["rotation"]
        if one["rise"]["low"] > 0 or one["rise"]["high"] < 0
    ]
    if moved:
        yield words["rotation"].format(names="; ".join(moved) if lang == "en" else "；".join(moved))
    if apart := document["divergence"]:
        gap = apart["gap"]
        verdict = words["chance" if gap["low"] <= 0 <= gap["high"] else "real"]
        yield filled(
            words["divergence"], heavy=apart["heavy"]["authors"], rest=apart["rest"]["authors"], verdict=verdict, **gap
        )


def _words(said: Document, words: dict[str, str], width: int) -> Iterator[tuple[str, bool]]:
    """Words that mark the posts, with how many of each side have them."""
    yield filled(words["words"], posts=said["posts"]), True
    rows = said["words"]
    columns = [
        Column(head=words["name"], cells=[row["word"] for row in rows], right=False),
        Column(head=words["n"], cells=[str(row["n"]) for row in rows]),
        *(
            Column(head=words[side], cells=[str(row[side]) for row in rows], spare=spare)
            for side, spare in (("bullish", 0), ("neutral", 1), ("bearish", 0))
        ),
    ]
    yield from _plain(iter(table(columns, width)))


def _threads(document: Document, words: dict[str, str], width: int) -> Iterator[tuple[str, bool]]:
    """Each thread in a line, its address whole in the next: an address that is cut leads nowhere."""
    rows = [row for row in document["threads"] if abs(row["moved"]) >= 0.005][:_MOST_THREADS]
    if rows:
        yield words["threads"], True
    for row in rows:
        head = f"{row['moved']:+.2f}  {row['bullish']}:{row['bearish']}  "
        yield head + cut(one_line(row["title"]), max(8, width - len(head))), False
        if row["url"]:
            yield f"  {clean(row['url'])}", False


def _record(record: Document, words: dict[str, str], width: int, *, priced: bool) -> Iterator[tuple[str, bool]]:
    """What the author said, with addresses, and what the index did after."""
    yield words["record"], True
    for one in record["said"][:_MOST_SAID]:
        post = one["post"]
        side = words["up" if post["label"] == "bullish" else "down"]
        after = "  ".join(f"{days}: {move:+.1%}" for days, move in one["after"].items() if move is not None)
        head = f"{post['day']}  {side}  " + (f"{after}  " if priced and after else "")
        yield head + cut(one_line(post["title"]), max(8, width - len(head) - len(side))), False
        if post["url"]:
            yield f"  {clean(post['url'])}", False
    if record["more"] or len(record["said"]) > _MOST_SAID:
        yield words["record_more"], False
    for score in record["scores"]:
        yield filled(words["score"], **{**score, **score["right"]}), False
    if priced and not record["scores"]:
        yield words["no_score"], False


def lead(prices: Document, words: dict[str, str]) -> Iterator[str]:
    """What stands beside the index: the strongest correlation, and whether it means anything."""
    found = prices["lead_lag"]
    if found is None:
        yield words["not_daily"].format(**prices)
    elif found["best"] is None:
        yield filled(words["lead_none"], name=prices["name"], days=found["days"])
    else:
        yield words["lead"].format(name=prices["name"], **found["best"])
        yield words[{"few_days": "few_days", "chance": "by_chance"}.get(found["reason"], "means")]


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def share(part: int, n: int) -> str:
    """A share in whole percent; empty of nothing."""
    return f"{part / n:.0%}" if n else ""


def _close(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}" if value < 100_000 else f"{value:,.0f}"


def _z(buzz: Document | None) -> str:
    return f"{round(buzz['z'], 1) + 0.0:+.1f}" if buzz and buzz["z"] is not None else ""  # + 0.0: never -0.0
