"""From labelled posts to a model and to how often it is right; nothing here runs when a post is judged."""
