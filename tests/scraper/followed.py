"""What is followed on the replica: single threads, and searches that find what they are told to."""

from scraper.bodies import Amounts
from scraper.crawl import BoardDone, Options
from scraper.site import Located
from scraper.wanted import Search, Wanted
from tests.scraper.replica import BOARD
from tests.scraper.world import CFZH, World

NONE = Amounts(missing=0, recheck=0)


def follow(world: World, what: Wanted, **options: object) -> BoardDone:
    """One run; of posts that nothing points to, none is asked for."""
    return world.follow(what, Options(**({"amounts": NONE} | options))).boards[0]  # type: ignore[arg-type] # by name


def one_thread(world: World, id: int) -> Wanted:
    at = Located(site="wenxuecity", board=BOARD, id=str(id), url=world.replica.site().post_url(BOARD, str(id)))
    return Wanted(threads=(at,))


def archive(world: World, *ids: int, pages: int = 1) -> Wanted:
    """A search of the archive that finds these posts."""
    for page in range(pages):
        cells = "".join(
            f'<tr><td class="cnLarge">• <a href="/{BOARD}/{id}.html">{world.replica.rows[id].title}</a>'
            f" [财富智汇] - <strong><em>他</em></strong>({world.replica.rows[id].size} bytes) <i>2026-03-02</i></td></tr>"
            for id in (ids if pages == 1 else ids[page : page + 1])
        )
        foot = f"<td class=cnLarge>页次：{page + 1}/{pages}</td>" if cells else "<td class=cnLarge>共 0 条</td>"
        said = f"<title>论坛内容查询</title><table>{cells}<tr>{foot}</tr></table>"
        number = f"&page={page}" if page else ""
        path = f"/bbs/archive.php?SubID={BOARD}&keyword=x{number}"
        world.replica.faults[path] = lambda said=said: (200, {}, f"<html>{said}</html>".encode())  # type: ignore[misc]
    url = f"{world.replica.url}/bbs/archive.php?SubID={BOARD}&keyword=x"
    return Wanted(searches=(Search(board=CFZH, what="keyword:x", url=url),))


def busiest(world: World) -> int:
    """The root with the most below it."""
    return max(world.replica.threads(), key=lambda id: len(list(world.replica.below(id))))
