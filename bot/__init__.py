"""What talks to people: questions in, answers with figures out, in a terminal and in Telegram alike."""
