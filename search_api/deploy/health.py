"""Exit 0 when the server is ready: what systemd and a container ask, where there is no curl.

`python -m search_api.deploy.health [--url URL] [--wait SECONDS] [--pid PID]`
"""

from __future__ import annotations

import os
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import click

# The answer of one request, in seconds.
TIMEOUT = 3.0
PAUSE = 0.2


@click.command()
@click.option("--url", default="http://127.0.0.1:8000/readyz", show_default=True)
@click.option("--wait", default=60.0, show_default=True, help="Seconds to ask again and again")
@click.option("--pid", type=int, help="The server's process: when it has ended, wait no longer")
def main(url: str, wait: float, pid: int | None) -> None:
    """Exit 0 when the server is ready, 1 with the reason when it is not in time."""
    end = time.monotonic() + wait
    while (reason := _why_not_ready(url)) is not None:
        if time.monotonic() + PAUSE > end or (pid is not None and _has_ended(pid)):
            raise SystemExit(f"pilcrow: {url} is not ready ({reason}); look at the server's log")
        time.sleep(PAUSE)


def _why_not_ready(url: str) -> str | None:
    """None when it answers with 200."""
    # The server is on this machine: a proxy of the environment is not asked.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=TIMEOUT):
            return None
    except HTTPError as error:
        return f"status {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return str(getattr(error, "reason", error))


def _has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


if __name__ == "__main__":
    main()
