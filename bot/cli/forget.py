"""`paomo forget`: an author's words, or what is old, go from the database and from its file."""

import re
import sys
from datetime import timedelta

import click

from bot.cli.context import now, print_json, settings
from core.errors import NotFound, StoreError, UsageError
from core.store import Store
from core.text import clean, counted
from core.upkeep import forgetting, retention
from core.upkeep.forgetting import Found
from core.upkeep.retention import Cleared

_AGE = re.compile(r"([0-9]{1,5})\s*(d|w|m|y)?", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_yes = click.option("--yes", is_flag=True, help="Do not ask first.")
_site = click.option("--site", metavar="FORUM", help="Only on this forum, such as wenxuecity.")


@click.group()
def forget() -> None:
    """Remove an author's words and keep him out, or remove what is old.

    What is removed is gone from the database and its file; copies that you made still have it. See docs/keeping.md.

    \b
    Example:  paomo forget author lionhill
    """


@forget.command("author", short_help="Remove what an author wrote, and keep him out.")
@click.argument("name")
@_site
@_yes
def author(name: str, site: str | None, yes: bool) -> None:
    """Remove everything that author NAME wrote, and keep him out: later pages store a stub in his place.

    NAME is his name as shown or his key on the forum, in either script. With --site he is kept out of that forum
    even where nothing of his is stored yet.

    \b
    Example:  paomo forget author lionhill --site wenxuecity
    """
    if site is not None:
        from scraper.sites import site_named

        site_named(site)
    with Store.open(settings().db, create=False) as store:
        found = forgetting.look(store, name, site=site)
        kept_out = forgetting.is_forgotten(store, name, site=site)
        sites = [one.site for one in found] or ([site] if site else kept_out)
        if not sites:
            raise NotFound(f"no author {clean(name)!r} in the database", hint="--site FORUM keeps him out all the same")
        _ask(_told(name, found, sites), yes=yes)
        for one in sites:
            removed = forgetting.forget(store, name, site=one, now=now())
            click.echo(
                f"{one}: {_posts(removed.posts, removed.threads)} {'is a stub' if removed.posts == 1 else 'are stubs'} now, "
                f"{counted(removed.pages.pages, 'stored page is', 'stored pages are')} gone; he is kept out"
            )
            if removed.pages.pages:
                click.echo(f"{one}: paomo reparse cannot repeat what these pages said; what is stored of others stays")
        _rewrite(store)


@forget.command("list", short_help="Show who is kept out, by marks instead of names.")
@click.argument("name", required=False)
@_site
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(name: str | None, site: str | None, as_json: bool) -> None:
    """Show who is kept out: forum, since when, posts removed, and marks instead of names; or whether NAME is.

    \b
    Example:  paomo forget list lionhill
    """
    with Store.open(settings().db, readonly=True) as store:
        if name is not None:
            sites = forgetting.is_forgotten(store, name, site=site)
            if as_json:
                print_json({"name": name, "kept_out": sites})
            if not sites:
                raise NotFound(f"{clean(name)!r} is not kept out")
            if not as_json:
                click.echo(f"{clean(name)} is kept out of {', '.join(sites)}")
            return
        rows = [one for one in forgetting.listed(store) if site in {None, one.site}]
    if as_json:
        lines = [
            {"site": one.site, "added_at": one.added_at.isoformat(), "posts": one.posts, "marks": list(one.marks)}
            for one in rows
        ]
        print_json({"forgotten": lines})
    if not rows:
        raise NotFound("nobody is kept out")
    if not as_json:
        for one in rows:
            click.echo(
                f"{one.site}  since {one.added_at:%Y-%m-%d}  {counted(one.posts, 'post')} removed  {' '.join(one.marks)}"
            )


@forget.group("undo", short_help="Let an author in again.")
def undo() -> None:
    """Let an author in again; what was removed stays removed until a page brings it again.

    \b
    Example:  paomo forget undo author lionhill
    """


@undo.command("author", short_help="Let an author in again.")
@click.argument("name")
@_site
def let_in(name: str, site: str | None) -> None:
    """Let author NAME in again, by any of his names that were known when he was forgotten.

    What was removed stays removed until a page brings it again.

    \b
    Example:  paomo forget undo author lionhill
    """
    with Store.open(settings().db, create=False) as store:
        sites = forgetting.let_in(store, name, site=site)
    if not sites:
        raise NotFound(f"{clean(name)!r} is not kept out", hint="paomo forget list shows how many are")
    click.echo(f"{clean(name)} may be stored again on {', '.join(sites)}")


@forget.command("older", short_help="Remove threads whose newest post is older than AGE.")
@click.argument("age")
@click.option("--pages-only", is_flag=True, help="Only the bytes of pages; posts, search and stances stay.")
@_yes
def older(age: str, pages_only: bool, yes: bool) -> None:
    """Remove threads whose newest post is older than AGE: 365d, 52w, 12m (of 30 days) or 2y (of 365).

    Lists and pages that could not be read go when they were fetched before then. The settings keep_days and
    keep_pages_days do the same after every crawl.

    \b
    Example:  paomo forget older 365d --pages-only
    """
    before = now() - read_age(age)
    with Store.open(settings().db, create=False) as store:
        what = retention.count_older(store, before)
        if what.threads and not pages_only:
            _ask(f"remove {_posts(what.posts, what.threads)} from before {before:%Y-%m-%d}?", yes=yes)
        removed = retention.remove_older(store, before, pages_only=pages_only)
        if not removed:
            retention.shrink(store)
            raise NotFound(f"nothing is older than {before:%Y-%m-%d}")
        click.echo(told(removed))
        _rewrite(store)


def read_age(text: str) -> timedelta:
    """How long ago. Raises `UsageError`.

    >>> read_age("2w").days, read_age("365").days
    (14, 365)
    """
    match = _AGE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0 or (days := int(match[1]) * _DAYS[(match[2] or "d").lower()]) > 36500:
        raise UsageError(f"{text!r} is no age", hint="write a number of days, such as 365d, up to a hundred years")
    return timedelta(days=days)


def told(removed: Cleared) -> str:
    """What was removed, in one line."""
    size = f"{counted(removed.pages.pages, 'stored page')} ({removed.pages.size / 1e6:.1f} MB)"
    return f"removed {_posts(removed.posts, removed.threads)}, and {size}"


def _posts(posts: int, threads: int) -> str:
    return f"{counted(posts, 'post')} in {counted(threads, 'thread')}"


def _told(name: str, found: list[Found], sites: list[str]) -> str:
    name = clean(name)
    if not found:
        return f"keep {name} out of {', '.join(sites)}?"
    lines = [
        f"{one.site}: {_posts(one.posts, one.threads)}, shown as {', '.join(map(clean, one.names)) or '-'}"
        for one in found
    ]
    return f"{'; '.join(lines)}. Remove all of it for good and keep him out?"


def _ask(question: str, *, yes: bool) -> None:
    """Go on only when told to. Raises `UsageError` where there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(question, hint="nobody is there to ask: say --yes")
    if not click.confirm(question, default=False, err=True):
        raise click.Abort


def _rewrite(store: Store) -> None:
    """Until the file is rewritten, what was removed can still be found in it."""
    try:
        freed = retention.shrink(store, always=True)
    except StoreError as error:
        raise StoreError(
            f"it is removed, but {store.path} still has the bytes: {error}", hint="say the same command again later"
        ) from error
    click.echo(f"the file was rewritten and is {max(0, freed) / 1e6:.1f} MB smaller", err=True)
