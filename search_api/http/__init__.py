"""The API and the pages over HTTP, a module each; `search_api.app` puts them together."""
