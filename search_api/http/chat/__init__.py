"""OpenAI's chat completions and responses, so that a chat front end can ask the reports."""

from search_api.http.chat.app import chat_app

__all__ = ["chat_app"]
