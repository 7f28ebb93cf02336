"""Saved pages in a folder, and pages that a browser saved as one MHTML file."""

import email
import email.policy
import os
from pathlib import Path

from core.errors import NotFound, SourceError
from scraper.outcome import Unreadable
from scraper.page import MAX_BYTES, Page

ENDINGS = frozenset({".html", ".htm", ".txt", ".json", ".mhtml", ".mht"})
MHTML = frozenset({".mhtml", ".mht"})


def pages_in(folder: Path) -> list[Path]:
    """The files that may be pages, in it and below, sorted by name.

    What is hidden is skipped and links are not followed, so that nothing outside the folder is read and no circle is
    walked. Raises `NotFound` where there is none, `SourceError` where a folder cannot be read.
    """

    def stop(error: OSError) -> None:
        raise SourceError(f"cannot read the folder {error.filename}: {error.strerror}", hint="change its permissions")

    found = []
    for place, folders, names in os.walk(folder, onerror=stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in names if not name.startswith("."))
        found += [path for path in paths if path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink()]
    if not found:
        raise NotFound(
            f"no page in the folder {folder}", hint=f"files that end in {', '.join(sorted(ENDINGS))} are taken"
        )
    return sorted(found)


def unpack(page: Page) -> Page:
    """The HTML in an MHTML file, with the address and the character set that the browser noted.

    Raises `Unreadable` where there is none.
    """
    message = email.message_from_bytes(page.body, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and body.strip() and len(body) <= MAX_BYTES:
            url = part["Content-Location"] or message["Snapshot-Content-Location"]
            charset = {"Content-Type": f"text/html; charset={part.get_content_charset()}"}
            headers = charset if part.get_content_charset() else {}
            return Page(url=page.url or _web(url), body=body, headers=headers, name=page.name)
    raise Unreadable(f"{page.where} holds no HTML page", hint="save the page again, as HTML")


def _web(url: object) -> str | None:
    text = str(url or "").strip()
    return text if text.startswith(("http://", "https://")) else None
