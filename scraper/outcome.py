"""What became of a page, when it is not what we came for; each class tells a crawler what to do next.

::

    SourceError
    ├── Retry           ask again later; `after` says when, if the site said so
    │   └── CutShort    …because the page ends before its end
    ├── Gone            the post is gone: mark it and do not ask again
    ├── Walled          login, captcha or a refusal: stop asking this site; `after` as with Retry
    ├── Spent           no more requests to this site today: go on tomorrow
    ├── OffLimits       an address that must not be asked: foreign, private or forbidden by robots.txt
    ├── LayoutChanged   the page came, but a part is not where it was: keep the bytes, mend the parser
    └── Unreadable      bytes that are no text, or too many of them: keep them, go on with the next page
"""

from core.errors import SourceError


class _ComeBack(SourceError):
    """What may say when to come back.

    after: seconds to stay away as the site asked, or `None` where it did not say
    """

    def __init__(self, message: str, *, hint: str | None = None, after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.after = after


class Retry(_ComeBack):
    """The site did not answer properly; ask again later, see `after`."""


class CutShort(Retry):
    """The page ends before its end, so that what is missing cannot be told from what is not there."""


class Gone(SourceError):
    """The post or board is not there any more; do not ask again."""


class Walled(_ComeBack):
    """The site wants a login or a captcha, or refuses us; stop asking it, see `after`."""


class Spent(SourceError):
    """The day's requests to a site are used up; go on tomorrow."""


class OffLimits(SourceError):
    """An address that must not be asked: another scheme, a foreign or private host, or robots.txt forbids it."""


class LayoutChanged(SourceError):
    """A part of the page is not where it used to be.

    kind: the kind of page, such as `thread`; missing: what was not found
    """

    def __init__(self, *, kind: str, missing: str, where: str) -> None:
        super().__init__(
            f"{where}: the {kind} page has no {missing}",
            hint="the site's layout may have changed; keep the page and report it",
        )
        self.kind = kind
        self.missing = missing


class Unreadable(SourceError):
    """The bytes cannot be read as text, or there are too many of them."""
