"""What stands behind `core.store`: the rows and tables of the database, and the rules by which pages become rows.

In: `saving` (which asks `finding`, `identity`, `merge`, `kept_out`), `pages`, `labels`, `ledger` and `listing` for crawls.
Out: `reading`, `thread_lines`, `exporting`, and the counts behind trends: `rollups` keeps them, `trends` and `voices` ask,
`tallies` are the answers. Of people: `following`, `subscribing`, `outbox`, `talks`. The shape of the tables is in
`core.migrations`; looking after a database as a whole is `core.upkeep`.
"""
