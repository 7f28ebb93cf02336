"""How a question is understood; `bot.questions` is the door.

`cues` has the words and the rules, `intents` a trained model (made by `intent_training`), `choice` decides between them.
`slots` finds amounts, companies and periods, with `in_words` and `currency`; `manners` takes courtesies off; `subject`
tells a payback of AI spending from one of something else.
"""
