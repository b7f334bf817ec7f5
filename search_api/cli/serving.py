"""Verbs that serve: people and programs over HTTP, agents over MCP."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import click

from indexer.errors import PilcrowError
from search_api.cli import opening
from search_api.cli.options import originals_option, reports_errors, store_option


@click.command()
@store_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--require-key", is_flag=True, help="Let nobody read without a key")
@click.option(
    "--proxy",
    default="",
    metavar="ADDRESS,...",
    help="Believe X-Forwarded-For and -Proto from these proxies",
)
@originals_option
@reports_errors
def serve(
    folder: Path, host: str, port: int, require_key: bool, proxy: str, originals: bool | None
) -> None:
    """Serve the API and the page."""
    store, encoder = opening.open_ready(folder)
    import uvicorn

    from search_api.http.app import create_app
    from search_api.http.guard.config import guard_of
    from search_api.http.guard.request_log import log_as_json
    from search_api.http.guard.uvicorn_config import server_config

    guard = guard_of(folder, host, require_key, proxy)
    app = create_app(store, encoder, guard=guard, originals=originals)
    config = server_config(app, host, port, proxy)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PilcrowError(
                f"cannot listen on {host}:{port} ({error.strerror}); give another --port"
            ) from error
    click.echo(f"Pilcrow on http://{host}:{port}  (stop with Ctrl+C)", err=True)
    if guard.run_key:
        link = f"http://{host}:{port}/reports#key={guard.run_key}"
        click.echo(f"To add and remove reports, open {link}", err=True)
    log_as_json()
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()


@click.command()
@store_option
@click.option("--http", is_flag=True, help="Serve HTTP instead of standard input and output")
@click.option("--host", help="With --http; default 127.0.0.1")
@click.option("--port", type=click.IntRange(0, 65535), help="With --http; default 8001")
@reports_errors
def mcp(folder: Path, http: bool, host: str | None, port: int | None) -> None:
    """Serve agents over the Model Context Protocol; a client starts this."""
    if not http and (host is not None or port is not None):
        raise click.UsageError("--host and --port go with --http")
    from indexer.backends import open_engine
    from search_api.library.live import Live
    from search_api.mcp.server import create_server
    from search_api.mcp.transports import endpoint, listen, serve_http, serve_stdio

    server = create_server(Live(open_engine(folder)))
    if not http:
        serve_stdio(server)
        return
    host = host or "127.0.0.1"
    with listen(host, 8001 if port is None else port) as listening:
        address = endpoint(host, listening)
        click.echo(f"Pilcrow's MCP server on {address}  (stop with Ctrl+C)", err=True)
        serve_http(server, host, listening)
