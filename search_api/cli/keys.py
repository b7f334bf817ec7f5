"""The verb that adds, lists and revokes API keys."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from search_api.cli.options import json_option, reports_errors, store_option
from search_api.cli.terminal import print_json


@click.group()
def keys() -> None:
    """Add, list and revoke API keys; only their hashes are kept."""


@keys.command("add")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "write"]),
    default="read",
    show_default=True,
    help="Who may write may upload and remove reports, and read",
)
@store_option
@reports_errors
def add(name: str, scope: Literal["read", "write"], folder: Path) -> None:
    """Make a key and print it, this once."""
    from search_api.http.guard.api_keys import add_key
    from search_api.http.guard.audit_log import Audit
    from search_api.http.guard.config import audit_file, keys_file

    Audit(audit_file(folder)).record("add key", name=name, scope=scope)
    made = add_key(keys_file(folder), name, scope)
    click.echo(made)
    click.echo("keep it now: only its hash is stored, and it is not shown again", err=True)


@keys.command("list")
@store_option
@json_option
@reports_errors
def list_keys(folder: Path, as_json: bool) -> None:
    """List the keys by name; the keys themselves are not known."""
    from search_api.http.guard.api_keys import read_keys
    from search_api.http.guard.config import keys_file

    found = read_keys(keys_file(folder))
    if as_json:
        print_json(
            [{"name": key.name, "scope": key.scope, "created": key.created} for key in found]
        )
        return
    for key in found:
        click.echo(f"{key.name}  {key.scope}  {key.created}")


@keys.command()
@click.argument("name")
@store_option
@reports_errors
def revoke(name: str, folder: Path) -> None:
    """Make a key worthless; a running server refuses it at once."""
    from search_api.http.guard.api_keys import revoke_key
    from search_api.http.guard.audit_log import Audit
    from search_api.http.guard.config import audit_file, keys_file

    Audit(audit_file(folder)).record("revoke key", name=name)
    revoke_key(keys_file(folder), name)
