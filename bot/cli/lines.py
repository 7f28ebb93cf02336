"""Lines to and from a pipe: texts as they come in, one a line or JSON, and JSON out. Memory does not grow with them."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from core.errors import UsageError

MAX_LINE = 1 << 20  # bytes; a longer line is no post, and memory is bounded
_BLOCK = 1 << 16
_UTF8 = "convert it first, such as with iconv -f GB18030 -t UTF-8; --on-error skip leaves such lines out"


def batches(stream: BinaryIO, *, bad: Callable[[UsageError], None] | None = None) -> Iterator[list[str]]:
    """Texts as they come in: whatever lines have arrived at once.

    The first line that is not empty decides: an object with a `text` means JSONL, anything else one text a
    line. An empty line is a text without words; in JSONL it is skipped.

    bad: told of each line that is not UTF-8, not JSON or too long, with its number; that line is left out then.
         Without it, the first such line raises, after the texts before it.
    """
    jsonl: bool | None = None
    for lines in _numbered(stream):
        texts: list[str] = []
        try:
            for number, line in lines:
                try:
                    text = _decoded(line, number)
                    if jsonl is None and text.strip():
                        jsonl = _is_object(text)
                    if not jsonl or text.strip():
                        texts.append(_text(text, number) if jsonl else text)
                except UsageError as error:
                    if bad is None:
                        raise
                    bad(error)
        except UsageError:
            if texts:
                yield texts
            raise
        if texts:
            yield texts


def write(values: Iterable[object]) -> None:
    """One JSON value a line, in UTF-8 whatever the terminal speaks: it is read by programs."""
    sys.stdout.flush()
    for value in values:
        line = json.dumps(value, ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))  # \udc80 is its own JSON escape
    sys.stdout.buffer.flush()


def _numbered(stream: BinaryIO) -> Iterator[list[tuple[int, bytes | None]]]:
    """Lines with their numbers, as they come in; `None` for one that is too long, whose bytes are not kept."""
    read: Any = getattr(stream, "read1", stream.read)
    rest, number, dropping = b"", 0, False
    for block in chain(iter(lambda: read(_BLOCK), b""), [None]):
        *lines, rest = (rest + (block or b"")).split(b"\n")
        if dropping and lines:
            lines, dropping = lines[1:], False
        if block is None and rest and not dropping:
            lines, rest = [rest], b""
        found = [(number + k, line if len(line) <= MAX_LINE else None) for k, line in enumerate(lines, 1)]
        number += len(lines)
        if len(rest) > MAX_LINE and not dropping:
            number, dropping = number + 1, True
            found.append((number, None))
        if dropping:
            rest = b""
        if found:
            yield found


def _decoded(line: bytes | None, number: int) -> str:
    if line is None:
        raise UsageError(f"line {number} is longer than {MAX_LINE} bytes", hint="one text a line")
    try:
        text = line.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"line {number} is not UTF-8: {error.reason} at byte {error.start + 1}", hint=_UTF8) from error
    return text.removeprefix("\ufeff") if number == 1 else text


def _is_object(line: str) -> bool:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(item, dict) and "text" in item


def _text(line: str, number: int) -> str:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"line {number} is not JSON: {error}", hint="the first line was, so all must be") from error
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise UsageError(f"line {number} has no text", hint='each line must be an object with a "text"')
    return str(item["text"])
