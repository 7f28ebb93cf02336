"""PTT 批踢踢, www.ptt.cc, such as its board Stock: lists, articles with their pushes, search results.

A push has no id: it is the article's id and its running number, `M.1709206985.A.4D3#12`, and what the author
wrote behind it is `…#12a`. Pushes are only ever added at the end, so that both stay when the page is read again; a
push that a moderator takes out shifts those behind it. The time of an article is in its id, in UTC seconds; the
lists print neither year nor hour.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

from core.errors import UsageError
from core.forum import Index, Post, Thread
from core.text import fold
from scraper.clock import to_utc
from scraper.markup import attribute, closed, ended, resolve, soup, squeeze
from scraper.outcome import CutShort, Gone, LayoutChanged, Walled
from scraper.page import Page
from scraper.site import Site
from scraper.sites import ptt_article
from scraper.sites.ptt_article import Article, Comment
from scraper.sites.ptt_list import ARTICLE, HOME, HOST, TZ, article_url, board_of, index, on_site, time_of
from scraper.urls import path_of

_MARKS = re.compile(r"""\bid\s*=\s*["']?main-content\b|\bclass\s*=\s*["']?(?:r-ent|r-list-container|over18-notice)\b""")
_TAIL = re.compile(r"\s+-\s+(?:看板\s+\S+\s+-\s+)?批踢踢實業坊\s*$")
_WALL = re.compile(r"<title>\s*Just a moment|cf-chl|captcha", re.IGNORECASE)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp)$", re.IGNORECASE)


class Ptt(Site):
    """The forum; see `scraper.site.Site`."""

    name: ClassVar[str] = "ptt"
    hosts: ClassVar[frozenset[str]] = frozenset({HOST})
    tz: ClassVar[str] = TZ
    board: ClassVar[str] = r"\w[\w.-]{0,29}"
    example: ClassVar[str] = "ptt:Stock"
    cookies: ClassVar[Mapping[str, str]] = {"over18": "1"}

    def recognises(self, page: Page, text: str) -> bool:
        """By address, or by its name together with the ids and classes of its markup."""
        return on_site(page.url) or ("ptt.cc" in text and _MARKS.search(text) is not None)

    def parse(self, page: Page, text: str) -> Thread | Index:
        """An article with its pushes, a page of a board's list, or one of its search results."""
        reader = _Reader(soup(text, page.where), page, ended(text))
        if reader.asks_age():
            raise Walled(f"{page.where}: the site asks for the reader's age", hint="it wants the cookie over18=1")
        if main := reader.soup.find(id="main-content"):
            return reader.thread(main)
        if listed := reader.soup.find(class_="r-list-container"):
            return reader.index(listed)
        raise reader.nothing_there(text)

    def index_url(self, board: str, number: int = 1) -> str:
        """The newest page alone: the site numbers the others from the oldest. Raises `UsageError` for them."""
        if number > 1:
            raise UsageError(
                f"{self.name}:{board}: PTT numbers its pages from the oldest one, so page {number} has no address",
                hint="start at the newest page and follow its link ‹ 上頁",
            )
        return f"{HOME}bbs/{quote(board)}/index.html"

    def post_url(self, board: str, post: str) -> str:
        return f"{HOME}bbs/{quote(board)}/{quote(post.partition('#')[0])}.html"

    def author_url(self, board: str, author: str) -> str:
        return self.search_url(board, f"author:{author}")

    def search_url(self, board: str, words: str) -> str:
        return f"{HOME}bbs/{quote(board)}/search?q={quote(words, safe='')}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """One page while it is read."""

    soup: BeautifulSoup
    page: Page
    ended: bool

    def asks_age(self) -> bool:
        forms = (attribute(form, "action") for form in self.soup.find_all("form"))
        return path_of(self.page.url).startswith("/ask/over18") or any("/ask/over18" in action for action in forms)

    def thread(self, main: Tag) -> Thread:
        if not self.ended and not closed(main):
            raise CutShort(f"{self.page.where}: the page ends before its pushes do", hint="get it again")
        article = ptt_article.read(main)
        place = self._place(article)
        board = place["board"] if place else article.head.get("看板") or board_of(self.soup, main, self.page)
        id_ = place["id"] if place else None
        url = article_url(place) if place else None
        local, moment = time_of(id_, article.head.get("時間", ""))
        author = article.head.get("作者", "").partition(" ")[0] or None
        title = self._title(article)
        required = {
            "title (標題)": title,
            "author (作者)": author or not article.head or None,  # an article may lack its head lines
            "date (時間)": moment,
        }
        for part, found in required.items():
            if found is None:
                raise LayoutChanged(kind="thread", missing=part, where=self.page.where)
        comments = article.comments(local)
        root = Post(
            n=0,
            id=id_,
            depth=0,
            author=author,
            author_key=fold(author) if author else None,
            title=title or "",
            body=article.body,
            points=ptt_article.total(comments) if article.whole else None,
            published_local=local,
            tz=TZ,
            published_utc=moment,
            edited_local=article.edited,
            images=self._images(main),
            url=url,
        )
        replies = tuple(_reply(n, comment, root) for n, comment in enumerate(comments, 1))
        return Thread(site="ptt", board=board, url=url, root=root, replies=replies)

    def _place(self, article: Article) -> re.Match[str] | None:
        """Board and id, from the page's address, else its canonical link, else the address it prints."""
        canonical = self.soup.find("link", rel="canonical")
        printed = [note.split()[-1] for note in article.notes if "文章網址" in note]
        for url in (self.page.url or "", attribute(canonical, "href") if canonical else "", *printed):
            if on_site(url) and (match := ARTICLE.fullmatch(path_of(url))):
                return match
        return None

    def _title(self, article: Article) -> str | None:
        og = self.soup.find("meta", attrs={"property": "og:title"})
        named = self.soup.title.get_text() if self.soup.title else ""
        candidates = (article.head.get("標題", ""), attribute(og, "content") if og else "", _TAIL.sub("", named))
        return next((title for one in candidates if (title := squeeze(one))), None)

    def _images(self, main: Tag) -> tuple[str, ...]:
        """Pictures shown in the article or linked from it; those below the first push are not the author's."""
        found: dict[str, None] = {}
        for tag in main.find_all(["img", "a", "div"]):
            if "push" in attribute(tag, "class").split():
                break
            target = resolve(HOME, attribute(tag, "src" if tag.name == "img" else "href"))
            if target and (tag.name == "img" or _IMAGE.search(path_of(target))):
                found[target] = None
        return tuple(found)

    def index(self, listed: Tag) -> Index:
        if not self.ended and not closed(listed):
            raise CutShort(f"{self.page.where}: the list ends before its end", hint="get it again")
        return index(self.soup, listed, self.page)

    def nothing_there(self, text: str) -> CutShort | Gone | Walled | LayoutChanged:
        """A page of the site that is neither article nor list: why, as far as it says."""
        if _WALL.search(text):
            return Walled(f"{self.page.where}: the site asks for a browser check", hint="save the page by hand")
        if not self.ended:
            return CutShort(f"{self.page.where}: the page ends before its article or list begins", hint="get it again")
        if "404 - Not Found" in text:
            return Gone(f"{self.page.where}: the forum says that there is no such article")
        return LayoutChanged(
            kind="forum", missing="article (#main-content) or list (.r-list-container)", where=self.page.where
        )


def _reply(n: int, comment: Comment, root: Post) -> Post:
    """A push has no title: its words stand there, the further lines of the author's words in the body."""
    title, _, body = comment.text.partition("\n")
    own = comment.points is None
    user = root.author if own else comment.user
    return Post(
        n=n,
        id=f"{root.id}#{comment.number}{'a' * own}" if root.id else None,
        parent_id=root.id,
        depth=1,
        author=user,
        author_key=fold(user) if user else None,
        title=title,
        body=body,
        points=comment.points,
        published_local=comment.when,
        tz=TZ if comment.when else None,
        published_utc=to_utc(comment.when, TZ),
        url=root.url,
    )
