"""Holds the lock files against advisories that lie on this machine, without a network: `make audit ADVISORIES=…`.

Advisories are JSON in the OSV format, in a folder or a `.zip`. A package is hit where an advisory that was not withdrawn
names its version, or where the version lies in one of its ranges.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A package with a known hole. fixed: the versions that are said to be without it."""

    package: str
    version: str
    advisory: str
    summary: str
    fixed: tuple[str, ...]


def locked(lock: str) -> dict[str, str]:
    """The packages of a lock with their versions.

    >>> locked("jinja2==3.1.6 --hash=sha256:00\\nNumPy[x]==2.1 ; python_version > '3'")
    {'jinja2': '3.1.6', 'numpy': '2.1'}
    """
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def advisories(place: Path) -> Iterator[dict[str, Any]]:
    """Every advisory in a folder or a zip."""
    if place.is_dir():
        yield from (json.loads(path.read_bytes()) for path in sorted(place.rglob("*.json")))
        return
    with zipfile.ZipFile(place) as packed:
        yield from (json.loads(packed.read(name)) for name in sorted(packed.namelist()) if name.endswith(".json"))


def hits(pins: dict[str, str], known: Iterable[dict[str, Any]]) -> Iterator[Hit]:
    """The pinned packages that an advisory names."""
    for one in known:
        if one.get("withdrawn"):
            continue
        for affected in one.get("affected", ()):
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in pins and _is_hit(pins[name], affected):
                yield Hit(
                    package=name, version=pins[name], advisory=one["id"], summary=one.get("summary", ""), fixed=tuple(_fixed(affected))
                )  # fmt: skip


def _is_hit(version: str, affected: dict[str, Any]) -> bool:
    if version in affected.get("versions", ()):
        return True
    ranges = [one["events"] for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM"]
    return any(_within(Version(version), events) for events in ranges)


def _within(version: Version, events: Iterable[dict[str, str]]) -> bool:
    """Whether the last event at or below the version says that the hole is there."""
    inside = False
    for event in sorted(events, key=lambda event: _bound(next(iter(event.values())))):
        [(kind, bound)] = event.items()
        if kind == "introduced" and version >= _bound(bound):
            inside = True
        elif (kind == "fixed" and version >= _bound(bound)) or (kind == "last_affected" and version > _bound(bound)):
            inside = False
    return inside


def _bound(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")


def _fixed(affected: dict[str, Any]) -> Iterator[str]:
    for one in affected.get("ranges", ()):
        yield from (event["fixed"] for event in one["events"] if "fixed" in event and one.get("type") == "ECOSYSTEM")


def main(place: str, *locks: str) -> int:
    """Print every hit; 1 if there is one."""
    pins = {name: version for lock in locks for name, version in locked(Path(lock).read_text(encoding="utf-8")).items()}
    known = list(advisories(Path(place)))
    found = list(hits(pins, known))
    for hit in found:
        print(
            f"{hit.package} {hit.version}: {hit.advisory} {hit.summary} (fixed in {', '.join(hit.fixed) or 'nothing yet'})"
        )
    print(f"{len(pins)} packages, {len(known)} advisories, {len(found)} hits", file=sys.stderr)
    if not known:
        print(f"{place} holds no advisory: nothing was looked for", file=sys.stderr)
    return int(bool(found) or not known)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not sys.argv[1] or not Path(sys.argv[1]).exists():
        sys.exit("make audit ADVISORIES=FOLDER-OR-ZIP: advisories in the OSV format; see docs/security.md")
    sys.exit(main(*sys.argv[1:]))
