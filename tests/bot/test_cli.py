"""The command line: what it prints, and one clear line with the right exit code for everything that is wrong."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.command import Done, Run

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "scraper" / "samples" / "2026-10-14-gpu-depreciation.html"


def shell(command: str, *, cwd: Path = ROOT, given: str = "", **environment: str) -> Done:
    """A command line as a shell runs it; `paomo` is this checkout's."""
    done = subprocess.run(
        ["bash", "-c", f'paomo() {{ "{sys.executable}" -m bot "$@"; }}; {command}'],
        input=given,
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_no_command_shows_help(run: Run) -> None:
    done = run()
    assert done.code == 2
    assert "paomo demo" in done.out


def test_version(run: Run) -> None:
    assert re.fullmatch(r"paomo, version \d+\.\d+\.\d+\n", run("--version").out)


def test_config_writes_values_as_they_are_given(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run("config").out.splitlines()
    assert {"boards = –  [default; PAOMO_BOARDS]", "crawl_every = 30m  [default; PAOMO_CRAWL_EVERY]"} <= set(lines)
    given = {"PAOMO_BOARDS": "cfzh ptt:Stock", "PAOMO_CRAWL_EVERY": "90m", "PAOMO_READER_PRICE": "0.15 0.6"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
        assert f"= {value}  [{name}]" in run("config").out
    assert {"name": "boards", "value": ["cfzh", "ptt:Stock"]}.items() <= next(
        row for row in json.loads(run("config", "--json").out)["settings"] if row["name"] == "boards"
    ).items()


def test_config_writes_a_length_that_is_no_whole_number_of_seconds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, told in (("61.5s", "61.5s"), ("0.07d", "6048s"), ("999999.5s", "999999.5s")):
        monkeypatch.setenv("PAOMO_CRAWL_EVERY", given)
        assert f"crawl_every = {told}  [PAOMO_CRAWL_EVERY]" in run("config").out


@pytest.mark.parametrize("command", ["restore", "ingest", "parse", "check"])
def test_a_path_that_cannot_be_looked_at_is_named(run: Run, command: str) -> None:
    """As a file in a folder of somebody else's."""
    name = "x" * 300
    done = run(command, name)
    assert (done.code, done.err.count("\n"), name in done.err, "the output" in done.err) == (1, 1, True, False)


def test_breakeven_says_what_the_article_rounds(run: Run) -> None:
    done = run("breakeven", "--capex", "1000bn", "--margin", "50%", "--revenue", "360bn")
    assert done.code == 0
    for part in ("$2,000bn", "5.56 years", "1000 / 0.5 / 360", "rounds 5.56 years up to 6"):
        assert part in done.out


def test_breakeven_as_json(run: Run) -> None:
    document = json.loads(run("breakeven", "--capex", "4千億", "--margin", "三成", "--json").out)
    assert list(document) == ["inputs", "result", "formula", "assumptions", "figures"]
    assert document["inputs"] == {"capex_usd_bn": 400, "margin": 0.3, "annual_revenue_usd_bn": 360}
    assert document["result"]["breakeven_revenue"] == pytest.approx(1333.33, abs=0.01)


def test_payback_turned_round_and_within_a_life(run: Run) -> None:
    assert "$333.3bn" in run("payback", "--years", "6").out
    assert "gone before it is paid for" in run("payback", "--life", "5").out


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--margin", "0"), "never pays back"),
        (("--margin", "-50%"), "never pays back"),
        (("--margin", "120%"), "above 100%"),
        (("--margin", "nan"), "not an amount"),
        (("--capex", "0"), "above zero"),
        (("--capex", "-5bn"), "above zero"),
        (("--capex", "nan"), "not an amount"),
        (("--capex", "1e400"), "too large"),
        (("--capex", "6年"), "--capex cannot be"),
        (("--capex", ""), "missing"),
        (("--capex", "100bn a year"), "a flow cannot be paid back"),
        (("--capex", "每年1000億"), "a flow cannot be paid back"),
        (("--revenue", "100億人民幣"), "no exchange rate"),
        (("--revenue", "-1bn"), "above zero"),
    ],
)
def test_amounts_that_cannot_be(run: Run, option: tuple[str, str], said: str) -> None:
    done = run("breakeven", *option)
    assert done.code == 2
    assert done.out == ""
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_ask_in_one_line_and_as_json(run: Run) -> None:
    assert "9.26年" in run("ask", "利潤率降到30%要多少年回本?").out
    document = json.loads(run("ask", "--json", "利潤率降到30%要多少年回本?").out)
    assert document["lang"] == "zh-Hant"


def test_ask_a_batch() -> None:
    questions = "利潤率30%幾年回本?\n\n" + json.dumps({"question": "payback?"}) + "\n" + "泡" * 3000 + "\n"
    done = shell("paomo ask -", given=questions)
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row.get("intent") for row in rows] == ["payback_years", "payback_years", None]
    assert "too long" in rows[2]["error"]


def test_what_is_not_answered_is_exit_4(run: Run) -> None:
    done = run("ask", "what's the weather?")
    assert done.code == 4
    assert "can't answer" in done.out


def test_a_question_of_ten_thousand_characters(run: Run) -> None:
    done = run("ask", "泡" * 10_000)
    assert (done.code, done.out) == (2, "")
    assert "10,000 characters is too long" in done.err
    assert len(done.err) < 300


def test_chat_remembers_the_last_question() -> None:
    done = shell("paomo chat", given="capex 8000億幾年回本?\n那30%呢?\nexit\n")
    assert done.code == 0
    assert "800 / 0.5 / 360" in done.out
    assert "800 / 0.3 / 360" in done.out


def test_report_in_every_form(run: Run) -> None:
    assert run("ingest", str(SAMPLE)).code == 0
    document = json.loads(run("report", "--json").out)
    assert set(document) >= {"from", "to", "n", "days", "themes", "tickers", "threads", "extremes"}
    assert set(document["days"][0]) == {
        "date",
        "n",
        "bullish",
        "neutral",
        "bearish",
        "bullishness",
        "agreement",
        "low",
        "high",
    }
    assert sum(day["n"] for day in document["days"]) == document["n"] == 23
    assert run("report", "--csv").out.splitlines()[0] == "date,n,bullish,neutral,bearish,bullishness,low,high,agreement"
    assert run("report", "--format", "md").out.startswith("| date |")
    table = run("--lang", "zh-Hant", "report").out
    assert "多空指數" in table
    assert all(len(line.encode("utf-8")) < 400 for line in table.splitlines())


def test_report_without_posts(run: Run) -> None:
    done = run("report")
    assert done.code == 4
    assert "paomo ingest" in done.err


def test_demo_runs_the_main_job_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    done = run("demo")
    assert done.code == 0
    for part in ("23 new", "2026-10-14", "折旧", "9.26年", "3.7bn"):
        assert part in done.out
    assert not (tmp_path / "paomo.db").exists()


def test_demo_can_keep_its_database(run: Run, tmp_path: Path) -> None:
    assert run("demo", "--keep", str(tmp_path / "kept.db")).code == 0
    assert run("--db", str(tmp_path / "kept.db"), "report").code == 0


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("page.html", b"<html><body>hello</body></html>", 4, "no forum page"),
        ("empty.html", b"", 4, "is empty"),
        ("text.txt", "只是一段話,沒有跟帖".encode(), 4, "no forum page"),
        ("zeros.html", b"\0" * 300, 1, "NUL"),
        ("bytes.html", bytes(range(256)) * 9, 1, "not utf-8"),
        ("big.html", b"<html>" + b"x" * 10_500_000, 1, "larger than 10 MB"),
    ],
)
def test_sources_that_are_none(run: Run, tmp_path: Path, name: str, content: bytes, code: int, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = run("ingest", str(path))
    assert done.code == code
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert run("report").code == 4, "nothing was stored"


def test_half_a_page_and_a_page_in_another_encoding(run: Run, tmp_path: Path) -> None:
    whole = SAMPLE.read_bytes()
    (tmp_path / "half.html").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "gb.html").write_bytes(whole.decode("utf-8").encode("gb18030"))
    (tmp_path / "none.html").write_bytes(
        re.sub(rb'<div id="content">.*<div id="footer">', b'<div id="footer">', whole, flags=re.DOTALL)
    )
    for name, said in (
        ("half.html", "ends before"),
        ("gb.html", "not utf-8"),
        ("none.html", "layout may have changed"),
    ):
        done = run("ingest", str(tmp_path / name))
        assert (done.code, said in done.err) == (1, True), done.err
    assert run("report").code == 4


def test_a_missing_file_a_folder_and_a_foreign_address(run: Run, tmp_path: Path) -> None:
    for source, code in (
        (str(tmp_path / "none.html"), 4),
        (str(tmp_path), 4),
        ("https://example.com/1.html", 1),
        ("http://127.0.0.1/1.html", 1),
    ):
        done = run("ingest", source)
        assert done.code == code
        assert len(done.err.splitlines()) == 1


def test_databases_that_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database, but a text of some length")
    (tmp_path / "file").write_text("")
    for path, code in ((tmp_path / "text.db", 1), (tmp_path / "file" / "below.db", 1), (tmp_path, 2)):
        done = run("--db", str(path), "ingest", str(SAMPLE))
        assert done.code == code
        assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "command", ["check", "backup", "restore", "reparse", "rescore", "ingest", "parse", "crawl", "doctor"]
)
def test_a_command_loads_neither_parsers_nor_answers_that_it_may_not_need(command: str) -> None:
    code = f"import sys; from bot.cli.main import main; main(['{command}', '--help']); print(sorted({{'bs4','jinja2','numpy','bot.answers'}} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_calculation_does_without_the_claims_checker() -> None:
    """Its grammar takes a tenth of a second to load, and only a text to check needs it."""
    code = "import sys; from bot.cli.main import main; main(['ask', '利潤率降到30%要多少年回本?']); print(sorted({'core.claims.checker','jieba','numpy'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_needs_none_of_the_heavy_packages() -> None:
    code = "import sys; from bot.cli.main import main; main(['--help']); print(sorted({'sklearn','numpy','jieba','telegram','matplotlib','sqlite_utils','bs4','opencc','httpx2','rich','jinja2'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["--help", "figures --json", "figures", "flows", "gauges", f"parse '{SAMPLE}'"])
def test_who_reads_no_further_is_no_failure(command: str, tmp_path: Path) -> None:
    done = shell(f"{{ paomo {command}; echo $? >&2; }} | exec true", cwd=tmp_path)
    assert done.err == "0\n"


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_are_as_the_null_device(closed: str, tmp_path: Path) -> None:
    assert shell(f"paomo ingest '{SAMPLE}' {closed}", cwd=tmp_path, PAOMO_DB="a.db").code == 0
    done = shell(f"paomo thread 1 {closed}", cwd=tmp_path, PAOMO_DB="a.db")
    assert (done.code, done.err) == (0, "")


def test_no_questions_on_a_closed_standard_input(tmp_path: Path) -> None:
    assert shell("paomo ask - <&-", cwd=tmp_path) == Done(0, "", "")


def test_a_global_option_after_the_command_is_told_its_place(run: Run) -> None:
    done = run("forget", "author", "--db", "x.db", "somebody")
    assert done.code == 2
    assert "--db goes before the command: paomo --db … forget author" in done.err


@pytest.mark.parametrize(
    "args",
    [
        ("report", "--watch", "nan"),
        ("crawl", "cfzh", "--days", "nan"),
        ("train", "--add", "--weight", "nan"),
        ("crawl", "cfzh", "--since", "20261014"),
        ("export", "--until", "2026-13-45"),
        ("check", str(SAMPLE), "--as-of", ""),
        ("figures", "--as-of", "2026-13"),
    ],
)
def test_numbers_and_days_that_are_none(run: Run, args: tuple[str, ...]) -> None:
    done = run(*args)
    assert (done.code, done.out) == (2, "")
    assert f"Invalid value for '{args[-2]}'" in done.err


def test_a_model_without_a_name(run: Run) -> None:
    done = run("score", "--model", "", "看多")
    assert done.code == 1
    assert "is no model file" in done.err
