"""The API and the pages over HTTP, a module each; `search_api.http.app` puts them together."""
