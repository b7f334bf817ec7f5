"""Questions to cited answers: the engine behind the command line, the API and the page.

For programs: `Pilcrow` on a store of this machine, `PilcrowClient` and `AsyncPilcrowClient` on a
server.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search_api.client import AsyncPilcrowClient, PilcrowClient
    from search_api.client.local import Pilcrow

__all__ = ["AsyncPilcrowClient", "Pilcrow", "PilcrowClient", "__version__"]

__version__ = version("pilcrow")

# Loaded when first used, so that `pilcrow --help` answers at once.
HOMES = {
    "AsyncPilcrowClient": "search_api.client",
    "Pilcrow": "search_api.client.local",
    "PilcrowClient": "search_api.client",
}


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module 'search_api' has no attribute '{name}'")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
