"""From text to judgement: stance, names, trends. What judges stands here; `learning` teaches it, `mood` reads its counts."""
