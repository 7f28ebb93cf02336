"""The parts of a report: what is mentioned, which threads moved it, who wrote, extremes; each from counts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.storage import trends
from core.storage.rows import Sql
from core.storage.tallies import Scope, StanceCounts, Sums, ThreadTally
from core.store import Store
from nlp import trend
from nlp.entities import TRADED
from nlp.mood import buzz, shares
from nlp.mood.buzz import Buzz
from nlp.mood.panel import Panel
from nlp.mood.shares import Share
from nlp.mood.writers import Writers
from nlp.trend import Mood

MOST = 8
LOUD, LEAST = 2.0, 3  # a buzz is named from 2 standard deviations and 3 posts
LeftOut = Callable[[str, str], bool]
"""Whether an author (site, key) asked to be left out of lists and records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Mood):
    """What posts with something in common say: those of a board (`site:name`) or of an author (as last shown)."""

    id: str
    site: str
    n_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned(Mood):
    """Something that posts speak of, and what they say.

    id, kind: as in `core.aliases`; share: of all posts of the window, and `rise` against the window before;
    buzz: of the last day, `None` in a report on a part of the posts
    """

    id: str
    kind: str
    n_before: int
    share: Share
    rise: Share | None
    buzz: Buzz | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """Posts that speak like euphoria or capitulation; rise: of their share against the window before."""

    share: Share
    rise: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Mood):
    """A thread; moved: bullishness of all posts less what it would be without this thread."""

    thread: int
    site: str
    board: str | None
    title: str
    url: str | None
    moved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What all parts are asked about: days from start to end, and as many before, from `earlier`."""

    store: Store
    sql: Sql
    scope: Scope
    earlier: date
    start: date
    end: date
    now: Sums
    before: Sums

    @property
    def texts(self) -> tuple[str, str, str]:
        """The three days as the store writes them."""
        return self.earlier.isoformat(), self.start.isoformat(), self.end.isoformat()


def panel(store: Store, sql: Sql, scope: Scope, earlier: date, end: date) -> Panel:
    """The authors of the days from `earlier` to `end`; days that an earlier report looked at are not asked for again."""
    held = store.kept(("panel", scope), Panel)
    for first, last in held.missing(earlier, end):
        held.add(first, last, trends.author_days(sql, scope, first.isoformat(), last.isoformat()))
    return held


def mentions(window: Window) -> tuple[list[Mentioned], dict[str, Extreme]]:
    """All that is mentioned in either window, most first; only the first of each kind with an interval of their own."""
    earlier, start, end = window.texts
    found = trends.mentioned(window.sql, window.scope, earlier, start, end)
    order = sorted(found, key=lambda entity: (-found[entity][0].n, entity))
    kinds: dict[str, list[str]] = {}
    for entity in order:
        kinds.setdefault(entity.partition(":")[0], []).append(entity)
    traded = [entity for entity in order if entity.partition(":")[0] in TRADED]
    first = list(dict.fromkeys([*traded[:MOST], *kinds.get("company", [])[:MOST], *kinds.get("theme", [])[:MOST]]))
    exact = _exact(window, first)
    heard = _buzzes(window)
    named = [
        _mentioned(window, entity, *found[entity], exact.get(entity), heard)
        for entity in order
        if not entity.startswith("extreme:") and entity not in window.scope.entities
    ]
    return named, {
        name: Extreme(share=share, rise=rise)
        for name in ("euphoria", "capitulation")
        for share, rise in [_shares(window, *found.get(f"extreme:{name}", (StanceCounts(), StanceCounts())))]
    }


def _exact(window: Window, entities: list[str]) -> dict[str, Sums]:
    """The sums of these with authors kept whole."""
    if not window.scope.narrow:
        scopes = {entity: Scope(board=window.scope.board, entities=(entity,)) for entity in entities}
        panels = {
            entity: panel(window.store, window.sql, scope, window.start, window.end) for entity, scope in scopes.items()
        }
        return {
            entity: held.writers(window.start, window.start, window.end).windows().now
            for entity, held in panels.items()
        }
    _, start, end = window.texts
    return trends.sums(window.sql, window.scope, start, end, by="entity", entities=entities)


def _mentioned(
    window: Window,
    entity: str,
    now: StanceCounts,
    before: StanceCounts,
    exact: Sums | None,
    heard: Mapping[str, Buzz] | None,
) -> Mentioned:
    kind, _, id = entity.partition(":")
    share, rise = _shares(window, now, before)
    sums = exact or Sums(bullish=now.bullish, neutral=now.neutral, bearish=now.bearish)
    numbers = mood_fields(trend.mood_of(sums))
    if exact is None:
        numbers |= {"low": None, "high": None}
    return Mentioned(
        **numbers,
        id=id,
        kind=kind,
        n_before=before.n,
        share=share,
        rise=rise,
        buzz=heard.get(entity) if heard else None,
    )


def _shares(window: Window, now: StanceCounts, before: StanceCounts) -> tuple[Share, Share | None]:
    share = shares.wilson(now.n, window.now.n, worth=shares.effective(window.now))
    if not window.before.n:
        return share, None
    was = shares.wilson(before.n, window.before.n, worth=shares.effective(window.before))
    return share, shares.rotation(share, was)


def _buzzes(window: Window) -> dict[str, Buzz] | None:
    """The buzz of the last day of everything mentioned since; `None` where only a part of the posts is looked at."""
    if window.scope.narrow:
        return None
    since = window.end - timedelta(weeks=buzz.WEEKS)
    days = trends.daily_mentions(window.sql, window.scope.board, since.isoformat(), window.end.isoformat())
    by_date = {entity: {date.fromisoformat(day): n for day, n in counts.items()} for entity, counts in days.items()}
    posts = by_date.pop("")
    return {entity: buzz.buzz(counts, posts, window.end) for entity, counts in by_date.items()}


def loud(named: Iterable[Mentioned]) -> list[Mentioned]:
    """What buzzes on the last day, loudest first."""
    told = [(one.buzz.z, one) for one in named if one.buzz and one.buzz.z is not None and one.buzz.n >= LEAST]
    return [one for z, one in sorted(told, key=lambda pair: (-pair[0], pair[1].id)) if z >= LOUD][:MOST]


def rotating(named: Iterable[Mentioned]) -> list[Mentioned]:
    """Themes, the one whose share moved most first."""
    themes = [one for one in named if one.kind == "theme" and one.rise]
    return sorted(themes, key=lambda one: (-abs(one.rise.share if one.rise else 0), one.id))


def threads(window: Window) -> list[Moved]:
    """Threads by how far they moved the bullishness of all."""
    _, start, end = window.texts
    found = trends.threads(window.sql, window.scope, start, end, limit=MOST * 4)
    moved = [
        Moved(
            **mood_fields(trend.mood_of(_plain(one))),
            thread=one.pk,
            site=one.site,
            board=one.board,
            title=one.title,
            url=one.url,
            moved=_moved(window.now, one),
        )
        for one in found
    ]
    return sorted(moved, key=lambda one: (-abs(one.moved), -one.n, one.thread))[:MOST]


def _moved(all_: StanceCounts, part: ThreadTally) -> float:
    rest = StanceCounts(bullish=all_.bullish - part.bullish, bearish=all_.bearish - part.bearish)
    return trend.level(all_) - trend.level(rest)


def _plain(counts: StanceCounts) -> Sums:
    """Counts whose authors are not known: the interval takes posts for independent."""
    return Sums(bullish=counts.bullish, neutral=counts.neutral, bearish=counts.bearish)


def boards(people: Writers) -> list[Named]:
    """Boards, the busiest first."""
    named = [
        Named(**mood_fields(trend.mood_of(sums)), id=f"{site}:{board}", site=site, n_before=before)
        for (site, board), (sums, before) in people.boards().items()
    ]
    return sorted(named, key=lambda one: (-one.n, one.id))


def writers(sql: Sql, people: Writers, left_out: LeftOut) -> list[Named]:
    """Those who wrote most, but for unknown ones and those who asked to be left out."""
    found = [(*trends.writer(sql, one.id), one) for one in people.busiest(MOST * 4)]
    shown = [(site, key, one) for site, key, one in found if not left_out(site, key)][:MOST]
    return [
        Named(
            **mood_fields(trend.mood_of(trend.add_up([one.now]))),
            id=trends.shown_name(sql, site, key),
            site=site,
            n_before=one.n_before,
        )
        for site, key, one in sorted(shown, key=lambda told: (-told[2].now.n, *told[:2]))
    ]


def mood_fields(mood: Mood) -> dict[str, Any]:
    """A mood as keyword arguments, for parts that are moods with a name."""
    return {name: getattr(mood, name) for name in Mood.__dataclass_fields__}
