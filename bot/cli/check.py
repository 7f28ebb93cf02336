"""`paomo check`: the numeric claims of a text or of a saved forum page, rechecked."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from bot.cli.context import print_json, settings
from bot.cli.options import Day
from bot.cli.web import page_from
from core import figures
from core.claims.checker import CheckedClaim
from core.claims.checker import check as check_text
from core.errors import NotFound
from core.figures import Register
from core.forum import Index
from core.text import counted
from scraper.page import Page, decode

MARKS = {
    "holds": ("✓", "green"),
    "holds_approximately": ("≈", "green"),
    "fails": ("✗", "red"),
    "fails_by_power_of_ten": ("✗", "red"),
    "category_error": ("✗", "red"),
    "contradicted": ("✗", "red"),
    "unverified": ("?", "yellow"),
    "not_checkable": ("-", "default"),
}


_HTML = re.compile(r"\s*<(?:!doctype|!--|\?xml|html|head|body)", re.IGNORECASE)


@click.command()
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.option(
    "--as-of",
    type=Day(),
    help="The day from which “last year” is told, such as 2025-10-21.  [default: that of the post, or the text's date line]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(file: Path, as_of: date | None, as_json: bool) -> None:
    """Find the numeric claims in FILE (- reads standard input), recompute them, and set them against the register.

    FILE is any text in Chinese or English, or a saved forum page, of which title, body and replies are read. Errors
    in the text are no failure of the command: it ends with 0, and with 4 only where there is no claim.

    \b
    paomo check article.txt
    echo "木星的訂單有60億，是對手55億的兩倍多。" | paomo check -
    """
    found = list(_checked(page_from(file, None), figures.load(settings().figures), as_of))
    if not found:
        raise NotFound("no numeric claim found", hint="a claim is an amount of something, or a relation of amounts")
    if as_json:
        print_json({"claims": [{**to_json(claim), **where} for claim, where in found]})
    else:
        _show([claim for claim, _ in found])


def _checked(page: Page, register: Register, as_of: date | None) -> Iterator[tuple[CheckedClaim, dict[str, int]]]:
    """Claims of a text; of a page, post by post, each with the post's number and places in its title and body."""
    text = decode(page)
    if not _HTML.match(text):
        for claim in check_text(text, register, as_of=as_of):
            yield claim, {}
        return
    from scraper.sites import parse_page

    found = parse_page(page)
    posts = found.entries if isinstance(found, Index) else found.posts
    for post in posts:
        day = as_of or (post.published_local.date() if post.published_local else None)
        for claim in check_text(f"{post.title}\n{post.body or ''}", register, as_of=day):
            yield claim, {"post": post.n}


def to_json(claim: CheckedClaim) -> dict[str, Any]:
    """A claim in the shape of the contract (docs/commands.md)."""
    recheck = claim.recheck
    return {
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "value": claim.value,
        "unit": claim.unit,
        "period": claim.period,
        "relation": claim.relation,
        "verdict": claim.verdict,
        "recheck": {"value": recheck.value, "unit": recheck.unit, "how": recheck.how},
        "sources": [{**asdict(source), "checked_on": source.checked_on.isoformat()} for source in claim.sources],
    }


def _show(claims: list[CheckedClaim]) -> None:
    from rich.text import Text

    from bot.console import console

    out = console()
    for claim in claims:
        mark, style = MARKS[claim.verdict]
        quote = " ".join(claim.text.split())
        out.print(Text.assemble((f"{mark} {claim.verdict}", f"bold {style}"), f"  “{quote}”"), soft_wrap=True)
        out.print(Text(f"  {claim.recheck.how}"), soft_wrap=True)
        for source in claim.sources[:3]:
            told = f"  [{source.id}] {source.title} ({source.publisher}, {source.published})"
            out.print(Text(told, style="dim"), soft_wrap=True)
    wrong = sum(claim.is_wrong for claim in claims)
    out.print(Text(f"{counted(len(claims), 'claim')}, {wrong} wrong"), soft_wrap=True)
