"""The command `paomo`: one module per command group, loaded when it is asked for.

Adding a command: write it in a module here and add a row to `COMMANDS`. The row's text is what
`paomo --help` shows, so that help needs none of the modules.
"""

from bot.cli.main import main

__all__ = ["main"]
