"""Every fault of the tests, in one place of a small board, and what is to come of it."""

import gzip
from dataclasses import dataclass

from tests.scraper import faults as made
from tests.scraper.fault_server import Fault
from tests.scraper.faults import answers, first, instead

LIST, POST, ROBOTS, SECOND = "index", "post", "robots", "second"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault and what is to come of it.

    at:    the list's pages, the newest post with a text, robots.txt, or the list's second page alone
    code:  of the command; says: a pattern in the board's error, or in that of the post's task
    pause: how long the site is left alone: not at all, for so many `hours`, or until its `owner` lifts it
    whole: the board is read whole in spite of it; days: until the next run
    """

    name: str
    at: str
    fault: Fault
    code: int = 1
    says: str = ""
    pause: float | str | None = None
    whole: bool = False
    days: int = 2


def on_post(name: str, fault: Fault, says: str) -> Case:
    """A fault of one post: the run goes on, and the post is asked for again later."""
    return Case(name=f"post {name}", at=POST, fault=fault, code=0, says=says)


def everywhere(name: str, fault: Fault, says: str) -> list[Case]:
    """A fault that befalls a list and a post alike."""
    return [Case(name=f"list {name}", at=LIST, fault=fault, says=says), on_post(name, fault, says)]


def nested(depth: int) -> Fault:
    """Elements within elements, as deep as that, in the body's text or in a row of the list."""

    def change(page: bytes) -> bytes:
        deep = b"<div>" * depth + b"</div>" * depth
        inside = b'<div id="msgbodyContent">' if b"msgbodyContent" in page else b'<div id="postlist">'
        return page.replace(inside, inside + deep)

    return instead(change)


def walls(name: str, fault: Fault, says: str, hours: float) -> list[Case]:
    """A refusal, wherever it comes, ends the site's run at once."""
    return [
        Case(name=f"{where} {name}", at=at, fault=fault, says=says, pause=hours)
        for where, at in (("list", LIST), ("post", POST), ("robots.txt", ROBOTS))
    ]


NUL = instead(lambda page: page.replace("股".encode(), b"\0", 1))
HUGE_RULES = b"User-agent: *\nDisallow: /x\n" * 500_000
MANY_RULES = b"User-agent: *\n" + b"".join(b"Disallow: /*a*b*c*d*%d*$\n" % n for n in range(5000))
CASES = [
    *everywhere("reset before a byte", made.reset_at_once, "reset|disconnected|closed"),
    *everywhere("closed before a byte", made.closed_at_once, "disconnected"),
    *everywhere("reset in the headers", made.reset_in_headers, "reset|disconnected"),
    *everywhere("reset in the body", made.reset_in_body, "reset|closed"),
    *everywhere("body shorter than promised", made.short_body, "closed connection|incomplete"),
    *everywhere("body cut, without a length", made.short_without_length, "ends before"),
    *everywhere("last chunk missing", made.short_chunks, "closed connection|incomplete"),
    *everywhere("chunks that are none", made.bad_chunks, "illegal|chunk"),
    *everywhere("endless body", made.endless_body, "larger than 10 MB"),
    *everywhere("endless headers", made.endless_headers, "too (long|large|many|big)|Receive buffer"),
    *everywhere("told to wait without end", made.endless_patience, "not finished after"),
    *everywhere("headers dripped without end", made.dripped_headers, "not finished after"),
    *everywhere("drip that takes too long", made.drip(3.0), "not finished after"),
    Case(name="list drip that ends in time", at=LIST, fault=made.drip(0.01), code=0, whole=True),
    Case(name="post drip that ends in time", at=POST, fault=made.drip(0.01), code=0, whole=True),
    *everywhere("gzip bomb", made.packed(lambda _: made.bomb(64)), "larger than 10 MB"),
    *everywhere("gzip that is none", made.packed(lambda page: page), "damaged"),
    *everywhere("gzip cut short", made.packed(lambda page: gzip.compress(page)[:-20]), "cut short"),
    *everywhere("packing nobody asked for", made.packed(lambda page: page, "br"), "packed as br"),
    *everywhere("UTF-8 labelled as Big5", made.labelled("big5", "utf-8"), "is not big5"),
    *everywhere("GB18030 labelled as UTF-8", made.labelled("utf-8", "gb18030"), "is not utf-8"),
    *everywhere("UTF-8 labelled as UTF-8, cut in a character", made.instead(lambda page: page[: page.rfind("关".encode()) + 1]), "is not utf-8"),
    *everywhere("GB18030 cut in a character", made.cut_in_a_character, "middle of a character"),
    Case(name="list in GB18030 labelled so", at=LIST, fault=made.labelled("gb2312", "gb18030"), code=0, whole=True),
    Case(name="list with a label that cannot be", at=LIST, fault=made.labelled("iso-8859-1", "utf-8"), code=0, whole=True),
    *everywhere("NUL bytes", NUL, "NUL"),
    *everywhere("nothing at all", instead(lambda _: b""), "is empty"),
    *everywhere("304 that was not asked for", answers("304 Not Modified"), "304"),
    *everywhere("204", answers("204 No Content"), "204"),
    *everywhere("5xx without end", answers("502 Bad Gateway"), "502"),
    *everywhere("503 with a long Retry-After", answers("503 x", "Retry-After: 86400"), "503"),
    Case(name="list 5xx burst then well", at=LIST, fault=first(2, answers("503 x")), code=0, whole=True),
    Case(name="post 5xx burst then well", at=POST, fault=first(2, answers("500 x")), code=0, whole=True),
    Case(name="list reset twice then well", at=LIST, fault=first(2, made.reset_at_once), code=0, whole=True),
    *everywhere("redirect loop", made.redirect("{path}"), "more than 5 redirects"),
    *everywhere("redirects without end", made.redirect_for_ever, "more than 5 redirects"),
    Case(name="list redirect abroad", at=LIST, fault=made.redirect("http://example.org/"), says="none of the known"),
    Case(name="list redirect to a private address", at=LIST, fault=made.redirect("http://10.0.0.1/"), says="none of the known"),
    Case(name="list redirect to the machine itself", at=LIST, fault=made.redirect("http://localhost:22/"), says="none of the known"),
    Case(name="list redirect to a file", at=LIST, fault=made.redirect("file:///etc/passwd"), says="only http"),
    Case(name="list redirect to no address", at=LIST, fault=made.redirect("http://[/"), says="no address"),
    Case(name="list redirect to nowhere", at=LIST, fault=answers("302 Found"), says="302"),
    on_post("redirect abroad", made.redirect("http://example.org/"), "none of the known"),
    on_post("redirect to a private address", made.redirect("http://169.254.169.254/latest/meta-data"), "none of the known"),
    Case(name="list empty", at=LIST, fault=instead(made.no_rows), says="without one row", pause="owner"),
    Case(name="second page of the list empty", at=SECOND, fault=instead(made.no_rows), says="without one row", pause="owner"),
    Case(name="list with each row twice", at=LIST, fault=instead(made.twice), code=0, whole=True),
    Case(name="list with a title of 1 MB", at=LIST, fault=made.swapped('class="post">[^<]*', 'class="post">' + "泡" * 350_000), code=0),
    Case(name="post with a title of 1 MB", at=POST, fault=made.swapped('<h1 class="title">[^<]*', '<h1 class="title">' + "泡" * 350_000), code=0),
    Case(name="list deeply nested", at=LIST, fault=nested(5000), code=0, whole=True),
    Case(name="post deeply nested", at=POST, fault=nested(5000), code=0, whole=True),
    *everywhere("nested beyond all bounds", nested(120_000), "more than 100,000 tags"),
    Case(name="list of the year 2099", at=LIST, fault=made.swapped(r"0\d/0\d/2026&nbsp;", "01/01/2099&nbsp;"), code=0),
    Case(name="post of the year 2099", at=POST, fault=made.swapped(r'<span class="date">[^<]*', '<span class="date">2099-01-01 00:00:00'), code=0),
    *walls("429 with Retry-After in seconds", answers("429 x", "Retry-After: 7200"), "429", 2),
    *walls("429 with Retry-After as a date", answers("429 x", "Retry-After: Tue, 03 Mar 2026 18:00:00 GMT"), "429", 6),
    *walls("429 with a Retry-After that is none", answers("429 x", "Retry-After: soon"), "429", 24),
    *walls("429 with an hour of thirty digits", answers("429 x", f"Retry-After: , 01 Jan 2026 {'2' * 30}:01:00 GMT"), "429", 24),
    Case(name="list 429 until the end of time", at=LIST, fault=answers("429 x", "Retry-After: Fri, 31 Dec 9999 23:59:59 -2359"), says="429", pause=720, days=31),
    Case(name="post 503 until the end of time", at=POST, fault=answers("503 x", "Retry-After: Fri, 31 Dec 9999 23:59:59 -2359"), code=0, says="503", days=31),
    Case(name="list 429 for thirty years", at=LIST, fault=answers("429 x", "Retry-After: 999999999"), says="429", pause=720, days=31),
    *walls("403", answers("403 x"), "403", 24),
    *walls("browser check", answers("503 x", "cf-mitigated: challenge", body=b"<html>wait</html>"), "browser check", 24),
    Case(name="list login wall with 200", at=LIST, fault=instead(lambda _: made.login_wall()), says="login", pause=24),
    Case(name="post login wall with 200", at=POST, fault=instead(lambda _: made.login_wall()), says="login", pause=24),
    Case(name="list captcha with 200", at=LIST, fault=instead(lambda _: made.captcha()), says="captcha", pause=24),
    Case(name="post captcha with 200", at=POST, fault=instead(lambda _: made.captcha()), says="captcha", pause=24),
    Case(name="list in another layout", at=LIST, fault=instead(lambda _: b"<html><body>new</body></html>"), says="has no", pause="owner"),
    on_post("in another layout", instead(lambda _: b"<html><body>new</body></html>"), "has no"),
    Case(name="robots.txt missing", at=ROBOTS, fault=answers("404 x"), code=0, whole=True),
    Case(name="robots.txt 500", at=ROBOTS, fault=answers("500 x"), says="500"),
    Case(name="robots.txt 500 twice then well", at=ROBOTS, fault=first(2, answers("500 x")), code=0, whole=True),
    Case(name="robots.txt forbids", at=ROBOTS, fault=answers("200 OK", body=b"User-agent: *\nDisallow: /\n"), says=r"robots\.txt asks"),
    Case(name="robots.txt huge", at=ROBOTS, fault=answers("200 OK", body=HUGE_RULES), says="larger than 10 MB"),
    Case(name="robots.txt endless", at=ROBOTS, fault=made.endless_body, says="larger than 10 MB"),
    Case(name="robots.txt reset", at=ROBOTS, fault=made.reset_at_once, says="reset|disconnected"),
    Case(name="robots.txt dripped", at=ROBOTS, fault=made.dripped_headers, says="not finished"),
    Case(name="robots.txt redirect loop", at=ROBOTS, fault=made.redirect("/robots.txt"), says="redirects"),
    Case(name="robots.txt redirect abroad", at=ROBOTS, fault=made.redirect("http://example.org/robots.txt"), says="rules"),
    Case(name="robots.txt of noise", at=ROBOTS, fault=answers("200 OK", body=bytes(range(256)) * 40), code=0, whole=True),
    Case(name="robots.txt with thousands of patterns", at=ROBOTS, fault=answers("200 OK", body=MANY_RULES), code=0, whole=True),
    Case(name="robots.txt gzip bomb", at=ROBOTS, fault=made.packed(lambda _: made.bomb(64)), says="larger than 10 MB"),
]  # fmt: skip
