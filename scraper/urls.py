"""Parts of addresses that strangers wrote: "" where there is none, or where it is no address."""

from urllib.parse import urlsplit


def host_of(url: str | None) -> str:
    """The host that an address names, in lower case.

    >>> host_of("https://User@BBS.example.com:80/a"), host_of("http://[/"), host_of(None)
    ('bbs.example.com', '', '')
    """
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def path_of(url: str | None) -> str:
    """The path of an address.

    >>> path_of("https://bbs.example.com/a/b?c#d"), path_of("http://[/")
    ('/a/b', '')
    """
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""
