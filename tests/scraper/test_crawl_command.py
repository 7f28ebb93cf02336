"""The command itself, as a process of its own: killed at any moment, stopped by a signal, kept from running twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.store import Store
from tests.scraper.replica import BOARD, Replica, kind_of
from tests.scraper.world import World

COMMAND = Path(__file__).with_name("replica_command.py")
KILLS = int(os.environ.get("KILLS", "50"))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "crawl.db"


@pytest.fixture
def replica() -> Iterator[Replica]:
    yield from Replica(posts=80).serve()


def start(replica: Replica, db: Path, *args: str) -> "subprocess.Popen[str]":
    env = {**os.environ, "PAOMO_DB": str(db), "PAOMO_DELAY": "0", "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [sys.executable, str(COMMAND), replica.url, *args],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(replica: Replica, db: Path, *args: str) -> tuple[int, str, str]:
    process = start(replica, db, *args)
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


def wait_for(replica: Replica, requests: int, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 60
    while len(replica.asked) < requests and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


def test_it_crawls_judges_and_says_what_it_did(replica: Replica, db: Path) -> None:
    code, out, err = run(replica, db, "crawl", BOARD, "--json")
    assert code == 0, err
    said = json.loads(out)
    assert (said["requests"], said["scored"]) == (len(replica.asked), 80)
    assert said["boards"][0]["left"] == {"due": 0, "missing": 0, "failed": 0}
    assert err.count(" index ") == replica.pages
    code, out, err = run(replica, db, "crawl", BOARD)
    assert code == 0, err
    assert "0 new" in out
    code, out, err = run(replica, db, "doctor", "--json")
    assert (code, json.loads(out)["healthy"]) == (0, True), out


def test_a_second_crawl_is_told_who_holds_the_lock(replica: Replica, db: Path) -> None:
    replica.before = lambda _: time.sleep(0.02)
    first = start(replica, db, "crawl", BOARD, "--every", "1h")
    wait_for(replica, 5, first)
    code, _, err = run(replica, db, "crawl", BOARD)
    assert (code, str(first.pid) in err) == (3, True), err
    said = json.loads(run(replica, db, "doctor", "--json")[1])
    assert said["crawling"] == first.pid
    first.kill()
    first.communicate()
    replica.before = lambda _: None
    code, _, err = run(replica, db, "crawl", BOARD, "--no-score")
    assert code == 0, err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
@pytest.mark.parametrize("every", [(), ("--every", "1h")])
def test_a_signal_ends_it_after_the_request_under_way(
    number: signal.Signals, code: int, every: tuple[str, ...], replica: Replica, db: Path
) -> None:
    replica.before = lambda _: time.sleep(0.05)
    process = start(replica, db, "crawl", BOARD, "--json", *every)
    wait_for(replica, 8, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert json.loads(out)["stopped"] is True
    assert 8 <= len(replica.asked) <= 12
    replica.before = lambda _: None
    assert run(replica, db, "crawl", BOARD, "--no-score")[0] == 0
    with Store.open(db) as store:
        World(replica, store).check_all()


def test_a_signal_ends_the_wait_between_two_runs(replica: Replica, db: Path) -> None:
    process = start(replica, db, "crawl", BOARD, "--every", "1h", "--json", "--no-score")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["boards"][0]["error"] is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    process.communicate()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "no board is named"),
        (("nowhere:x",), "no forum is called"),
        (("../x",), "is no board"),
        (("cfzh", "--every", "soon"), "no length of time"),
        (("cfzh", "--every", "1s"), "too often"),
        (("cfzh", "--pages", "0"), "--pages"),
        (("cfzh", "--since", "yesterday"), "--since"),
    ],
)
def test_nonsense_is_refused_before_anything_is_asked(
    args: tuple[str, ...], words: str, replica: Replica, db: Path
) -> None:
    code, _, err = run(replica, db, "crawl", *args)
    assert (code, words in err) == (2, True), err
    assert replica.asked == []


def test_boards_come_from_the_setting(replica: Replica, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAOMO_BOARDS", BOARD)
    monkeypatch.setenv("PAOMO_DAILY_REQUESTS", "4")
    code, out, _ = run(replica, db, "crawl", "--no-score")
    assert (code, len(replica.asked)) == (0, 4)
    assert "4 requests are used up" in out


def test_what_is_followed_is_crawled_and_what_is_too_old_goes(
    replica: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{replica.url}/{BOARD}/{replica.threads()[-1]}.html"
    code, out, err = run(replica, db, "follow", "add", address, "keyword:泡沫")
    assert (code, "no board is followed yet" in err) == (0, True), err
    code, out, err = run(replica, db, "crawl", "--no-score")
    assert (code, "1 followed thread, " in out, "keyword:泡沫: not looked for" in out) == (0, True, True), err
    assert not any(path.startswith(f"/{BOARD}/?") for path in replica.asked)
    run(replica, db, "follow", "add", BOARD)
    run(replica, db, "follow", "remove", "keyword:泡沫")
    assert run(replica, db, "crawl", "--no-score", "--days", "3000")[0] == 0
    with Store.open(db) as store:
        whole = store.counts()
    monkeypatch.setenv("PAOMO_KEEP_DAYS", "1")
    removed: list[int] = []
    for _ in range(2):
        replica.asked.clear()
        code, out, err = run(replica, db, "crawl", "--no-score", "--json", "--days", "3000")
        assert code == 0, err
        assert [path for path in replica.asked if path.endswith(".html")] == [address.removeprefix(replica.url)]
        removed.append(json.loads(out)["removed"]["posts"])
    assert (removed[0] > 0, removed[1]) == (True, 0)
    assert run(replica, db, "crawl", BOARD, "--no-score")[0] == 0  # a board that is named leaves the thread, too
    assert run(replica, db, "reparse", "--no-score")[0] == 0  # and a list that names what went does not bring it back
    with Store.open(db) as store:
        assert (whole.threads > 1, store.counts().threads) == (True, 1)


def test_a_refusal_is_told_with_the_way_round_and_by_the_doctor(replica: Replica, db: Path) -> None:
    replica.faults[f"/{BOARD}/"] = lambda: (403, {}, b"")
    code, out, err = run(replica, db, "crawl", BOARD)
    assert (code, err.count("ERROR")) == (1, 1)
    assert "paomo ingest" in err
    code, _, err = run(replica, db, "crawl", BOARD)
    assert (code, err.count("ERROR")) == (1, 0)
    code, out, _ = run(replica, db, "doctor")
    assert code == 1
    assert "is left alone until" in out
    assert "paomo crawl BOARD --again" in out


def test_the_doctor_watches_no_board_that_is_to_be_read_no_more(
    replica: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica.faults[f"/{BOARD}/"] = lambda: (500, {}, b"")
    assert run(replica, db, "crawl", BOARD)[0] == 1
    assert f"paomo follow remove wenxuecity:{BOARD} if it is to be read no more" in run(replica, db, "doctor")[1]
    with monkeypatch.context() as named:
        named.setenv("PAOMO_BOARDS", BOARD)
        assert run(replica, db, "follow", "remove", BOARD)[0] == 4
    assert run(replica, db, "doctor")[0] == 1
    assert run(replica, db, "follow", "remove", BOARD)[0] == 0
    assert run(replica, db, "doctor")[0] == 0
    assert run(replica, db, "follow", "remove", BOARD)[0] == 4
    replica.faults.clear()
    assert run(replica, db, "crawl", BOARD, "--no-score")[0] == 0
    with Store.open(db) as store:
        World(replica, store).check_all()


def test_the_doctor_wants_a_database(replica: Replica, db: Path) -> None:
    assert run(replica, db, "doctor")[0] == 4


def state(db: Path) -> dict[str, Any]:
    with suppress(Exception), Store.open(db) as store, store.reading() as sql:
        return (sql.rows("SELECT finished_at, place FROM boards") or [{}])[0]
    return {}


@pytest.mark.timeout(60 + 30 * KILLS)
def test_kill_9_at_any_moment_loses_nothing(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command is killed again and again while people post, edit and delete; then it is let finish."""
    chance = random.Random(9)
    for replica in Replica(posts=2000, per_page=50, seed=7).serve():
        hit: Counter[str] = Counter()
        while (killed := hit.total()) < KILLS:
            first = not state(db).get("finished_at")
            process = start(replica, db, "crawl", BOARD, "--no-score", "--days", "30" if first else "0.5")
            begun = len(replica.asked)
            wait_for(replica, begun + chance.randrange(40), process)
            time.sleep(chance.uniform(0.0, 0.05))
            ended = process.poll() is not None
            process.kill()
            process.communicate()
            asked = replica.asked[begun:]
            hit["after its end" if ended else kind_of(asked[-1]) if asked else "before its first request"] += 1
            if (killed + 1) % 10 == 0:
                live(replica, chance)
        for days in ("30", "30"):
            code, _, err = run(replica, db, "crawl", BOARD, "--no-score", "--days", days, "--again")
            assert code == 0, err
        with Store.open(db) as store:
            world = World(replica, store, now=datetime.now(UTC))
            world.check_all()
            assert world.stored() >= replica.shown()
            assert store.counts().posts >= 2000
        with capsys.disabled():
            print(f"\n{KILLS} kills: {', '.join(f'{n} {where}' for where, n in hit.most_common())}")
        assert hit["index"] + hit["post"] > KILLS / 3  # killed at work, neither before it nor after
        asked = [path for path in replica.asked if path.endswith(".html")]
        assert len(asked) - len(set(asked)) <= KILLS + 60  # a kill costs one page; edits and deletions are looked at


def live(replica: Replica, chance: random.Random) -> None:
    """An hour on the board."""
    for _ in range(10):
        replica.later(minutes=6)
        replica.write(chance.choice([None, *list(replica.shown())[-50:]]))
    texts = [id for id in sorted(replica.shown()) if replica.rows[id].size]
    replica.edit(chance.choice(texts), f"<p>改于 {replica.now}</p>")
    leaves = set(replica.shown()) - {row.parent for row in replica.rows.values()}
    replica.delete(chance.choice(sorted(leaves)))
