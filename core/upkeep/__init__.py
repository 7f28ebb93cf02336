"""Looking after a database as a whole: copies (`backup`), soundness (`health`, `blueprint`), mending (`repair`, `cells`,
`salvage`), letting go (`retention`, `forgetting`), and doing a crawl over from its kept bytes (`replay`, `replanning`,
`reconcile`). What is done to single pages and posts is in `core.storage`.
"""
