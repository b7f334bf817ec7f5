"""OpenAI's chat completions and responses, so that a chat front end can ask the reports."""
