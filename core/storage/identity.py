"""Which thread is this, and which of its posts: known again across pages, hosts, scripts and copied text.

A post with an id on a known board is that post. A text copied from a page has no ids; its replies are known
by `core.text.post_key` (title, author, minute, size), and by author and second when they were edited in
between. Its first post has neither author nor time, so the thread is known by the replies it shares with
another. A reply's own page is a fragment: its root names a parent, and it belongs where that parent is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from core.forum import Post, Thread
from core.storage.rows import StoredPost
from core.text import fold, post_key

_CUT = 20  # folded characters that a cut or lengthened text must share before it is taken for the same


def flat(text: str | None) -> str:
    """Folded, without any space: two texts that differ only in script, width or line breaks are equal."""
    return fold(text or "").replace(" ", "")


def base_key(post: Post) -> str:
    """The key of a post without its ordinal."""
    minute = None if post.published_local is None else post.published_local.isoformat(timespec="minutes")
    return post_key(post.title, post.author, minute, post.bytes)


def is_fragment(thread: Thread) -> bool:
    """Whether this is a reply with the tree below it, not a whole thread."""
    return thread.root.parent_id is not None


def has_ids(thread: Thread) -> bool:
    """Whether the source names its posts; a copied text does not."""
    return any(post.id is not None for post in thread.posts)


def same_thread(a: Thread, b: Thread) -> int:
    """How surely two sources without a common id are of one thread: 0 is not at all, more is more.

    A title alone says nothing (`今日大盘` is written every day). What counts are common replies with author and
    time: one under the same title, or one where a side is a fragment, or, where the title was edited, two that are
    half of the smaller side. Without replies on a side, title and text must agree.
    """
    if _at_odds(a, b):
        return 0
    ours, theirs = _strong_keys(a), _strong_keys(b)
    shared = (ours & theirs).total()
    if is_fragment(a) or is_fragment(b):
        return shared
    if flat(a.root.title) == flat(b.root.title):
        if shared:
            return shared
        return int((not a.replies or not b.replies) and _texts_agree(a.root.body, b.root.body))
    return shared if shared >= 2 and 2 * shared >= min(ours.total(), theirs.total()) else 0


def match(incoming: Sequence[Post], stored: Sequence[StoredPost]) -> list[list[StoredPost]]:
    """For each incoming post the stored rows that are it: none, one, or more that must become one.

    More than one happens when a copied text and a reply's page were stored before anything joined them.
    The row with an id comes first. No stored row is given twice.
    """
    found: list[list[StoredPost]] = [[] for _ in incoming]
    free = {row.pk: row for row in stored}

    def take(place: int, row: StoredPost) -> None:
        found[place].append(free.pop(row.pk))

    by_id = {row.post.id: row for row in stored if row.post.id is not None}
    for place, post in enumerate(incoming):
        if post.id is not None and post.id in by_id and by_id[post.id].pk in free:
            take(place, by_id[post.id])
    _take_root(incoming, stored, found, free, take)
    open_places = [place for place, rows in enumerate(found) if not rows]
    _take_by_key(incoming, open_places, free, take)
    _take_by_second(incoming, [place for place in open_places if not found[place]], free, take)
    named = [place for place, post in enumerate(incoming) if post.id is not None and len(found[place]) == 1]
    _take_by_key(incoming, [place for place in named if found[place][0].post.id is not None], free, take)
    return found


_Take = Callable[[int, StoredPost], None]


def _take_root(
    incoming: Sequence[Post],
    stored: Sequence[StoredPost],
    found: list[list[StoredPost]],
    free: dict[int, StoredPost],
    take: _Take,
) -> None:
    """Pair a first post that only has words with the post of that title on the other side, else with its root."""
    root = incoming[0]
    if not found[0] and _headless(root):
        rows = [row for row in stored if row.pk in free]
        titled = [row for row in rows if flat(row.post.title) == flat(root.title)]
        titles = {flat(post.title) for post in incoming}
        tops = [row for row in rows if _is_top(row.post) and flat(row.post.title) not in titles]
        if titled or tops:
            take(0, (titled or tops)[0])
    for row in stored:
        if row.pk not in free or row.post.n != 0 or not _headless(row.post):
            continue
        titled_places = [place for place, post in enumerate(incoming) if flat(post.title) == flat(row.post.title)]
        roots = [0] if root.parent_id is None and not _headless(root) else []
        if titled_places or roots:
            place = (titled_places or roots)[0]
            if all(other.post.id is not None for other in found[place]):
                take(place, row)


def _take_by_key(incoming: Sequence[Post], places: Iterable[int], free: dict[int, StoredPost], take: _Take) -> None:
    """Equal posts are paired in page order, the first with the first."""
    rows = defaultdict(list)
    for row in sorted(free.values(), key=lambda row: (row.thread, row.post.n)):
        rows[base_key(row.post)].append(row)
    for place in places:
        post = incoming[place]
        alike = [row for row in rows[base_key(post)] if _may_be(post, row.post)]
        if alike:
            rows[base_key(post)].remove(alike[0])
            take(place, alike[0])


def _take_by_second(incoming: Sequence[Post], places: Iterable[int], free: dict[int, StoredPost], take: _Take) -> None:
    """An edited post keeps its author and its second; it is taken only where that names one on each side."""
    rows = defaultdict(list)
    for row in free.values():
        rows[_second(row.post)].append(row)
    posts = defaultdict(list)
    for place in places:
        posts[_second(incoming[place])].append(place)
    for second, alike in posts.items():
        if second is not None and len(alike) == len(rows[second]) == 1:
            place, row = alike[0], rows[second][0]
            if _may_be(incoming[place], row.post):
                take(place, row)


def _second(post: Post) -> tuple[str, str] | None:
    if not post.author or post.published_local is None or not post.published_local.second:
        return None  # a clock that shows minutes only names too many posts
    return fold(post.author), post.published_local.isoformat()


def _is_top(post: Post) -> bool:
    return post.n == 0 and post.parent_id is None


def _may_be(a: Post, b: Post) -> bool:
    return a.id is None or b.id is None


def _headless(post: Post) -> bool:
    """A first post that was copied as text: title and body, and nothing that tells it from another."""
    return post.n == 0 and post.id is None and post.author is None and post.published_local is None


def _strong_keys(thread: Thread) -> Counter[str]:
    """Keys of the posts that author and time make unmistakable."""
    posts = thread.posts if is_fragment(thread) else thread.replies
    return Counter(base_key(post) for post in posts if post.author and post.published_local)


def _at_odds(a: Thread, b: Thread) -> bool:
    """Whether something both sides know differs: site, board, the root's id, author or minute."""
    if a.site != b.site or (a.board and b.board and a.board != b.board):
        return True
    if is_fragment(a) or is_fragment(b):
        return False
    if a.root.id and b.root.id:
        return a.root.id != b.root.id
    authors = {fold(author) for author in (a.root.author, b.root.author) if author}
    times = {time.replace(second=0) for time in (a.root.published_local, b.root.published_local) if time}
    return len(authors) > 1 or len(times) > 1


def _texts_agree(a: str | None, b: str | None) -> bool:
    """Equal, unknown on a side, or one is the other cut short."""
    if a is None or b is None:
        return True
    short, long = sorted((flat(a), flat(b)), key=len)
    return short == long or (len(short) >= _CUT and short in long)
