"""Subscriptions: what somebody wants to hear (`parse`), when it is due (`when`), what is planned (`plan`), how it is put
(`letters`). Nothing here speaks to Telegram or looks at a clock: the moment is always an argument.
"""
