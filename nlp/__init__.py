"""From text to judgement: stance, entities, what a question asks for, trends."""
