"""The bot in Telegram: who may talk to it, what it remembers, how an answer travels. What it says is `bot.answers`.

`app.build_application` is the map; `table.COMMANDS` the list of commands. Adding a command: a function that makes a `Reply`
of a `Desk` and what was `Said`, a row in the table, a line in `tg_command.j2` of each language. `serve` runs it all: updates,
the `herald` that brings letters, the crawl beside.
"""
