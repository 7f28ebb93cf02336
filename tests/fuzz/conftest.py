"""Prints at the end of a run how many cases there were; a fuzz test whose inputs all stop at the door proves nothing."""

import pytest

from tests.fuzz import tally


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if tally.counts:
        terminalreporter.section("fuzzed")
        for line in tally.lines():
            terminalreporter.write_line(line)
