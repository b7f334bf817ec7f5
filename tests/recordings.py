"""What servers of each minor version answered, kept so that newer clients still read it.

`use` does everything that a Library can. `python -m tests.recordings URL VERSION` uses a running
server over the seed alone, started with PILCROW_API_KEY=secret, and writes each exchange to
`tests/golden/recorded/VERSION`, with the fields of the server's types in `fields.json`. Record
once, when a minor version is released, and leave the older ones as they are.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from search_api import PilcrowClient
from tests.conftest import HARBOUR, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from search_api.client import Library

RECORDED = ROOT / "tests" / "golden" / "recorded"
SEED_ID = "northumberland-2012"
FOSTERING = "Why was the joint fostering service with North Tyneside dropped?"
ABSENT = "recipe for stottie cake"
DRAFT = "It “was felt not to be cost-effective” (para 99), and “was a great success” (para 99)."


def use(library: Library) -> dict[str, Any]:
    """Everything that a library can do, by name; the store is in the end as it was."""
    found: dict[str, Any] = {
        "search": library.search("foster carers", section="Outcomes", limit=2),
        "answered": library.ask(FOSTERING, limit=2),
        "not found": library.ask(ABSENT, report=SEED_ID, limit=1),
        "pointed at": library.ask("para 29", limit=1),
        "many": list(library.ask_many([FOSTERING, ABSENT], limit=1)),
        "reports": library.reports(),
        "report": library.report(SEED_ID),
        "paragraph": library.paragraph(SEED_ID, "29"),
        "paragraphs": library.paragraphs(SEED_ID, "99-100, 1"),
        "cited": library.cite(SEED_ID, "29, 31-33"),
        "cited in a style": library.cite(SEED_ID, "29", style="apa"),
        "checks": library.verify(DRAFT),
    }
    quotes = found["answered"].quotes
    found["ris"] = library.export(quotes, "ris")
    found["markdown"] = library.export(quotes, "markdown", style="harvard", title="Fostering")
    found["added"] = library.add_report(HARBOUR)
    found["two"] = [report.id for report in library.reports()]
    library.remove_report(HARBOUR.stem)
    found["one"] = [report.id for report in library.reports()]
    return found


def replay(version: str, change: Callable[[Any], Any] = lambda body: body) -> httpx.MockTransport:
    """A server of that version, as far as it was recorded; `change` alters what it answers.

    Parameters and fields that it did not know then are ignored, as they were then.
    """
    files = sorted((RECORDED / version).glob("[0-9]*.json"))
    exchanges = [json.loads(path.read_text(encoding="utf-8")) for path in files]

    def respond(request: httpx.Request) -> httpx.Response:
        asked = _asked(request)
        for exchange in exchanges:
            known, answered = exchange["request"], exchange["response"]
            same = known["method"] == asked["method"] and known["path"] == asked["path"]
            if same and all(known[at].items() <= asked[at].items() for at in ("params", "plain")):
                # Each is used once, but the last of its kind goes on.
                if sum(each["request"] == known for each in exchanges) > 1:
                    exchanges.remove(exchange)
                body = answered["json"]
                text = answered["text"] if body is None else json.dumps(change(body))
                return httpx.Response(answered["status"], text=text, headers=answered["headers"])
        raise AssertionError(f"not recorded: {asked}")

    return httpx.MockTransport(respond)


class Recorder(httpx.HTTPTransport):
    """Keeps what a client and a server say to each other."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[dict[str, Any]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.read()
        kind = response.headers.get("content-type", "")
        said = {
            "status": response.status_code,
            "headers": {"content-type": kind},
            "json": response.json() if "json" in kind else None,
            "text": None if "json" in kind else response.text,
        }
        self.exchanges.append({"request": _asked(request), "response": said})
        return response


def _asked(request: httpx.Request) -> dict[str, Any]:
    """A request by what it asks; `plain` holds the fields of its body as text."""
    sent = request.headers.get("content-type", "") == "application/json"
    body = json.loads(request.read()) if sent else {}
    return {
        "method": request.method,
        "path": request.url.path,
        "params": dict(request.url.params),
        "plain": {name: json.dumps(value) for name, value in body.items()},
    }


def record(url: str, version: str) -> None:
    folder = RECORDED / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    recorder = Recorder()
    use(PilcrowClient(url, key="secret", transport=recorder))
    # Of the looks at a job, the last.
    kept = [
        exchange
        for exchange, following in zip(
            recorder.exchanges, [*recorder.exchanges[1:], None], strict=True
        )
        if following is None or exchange["request"] != following["request"]
    ]
    for place, exchange in enumerate(kept, start=1):
        asked = exchange["request"]
        name = re.sub(r"\W+", "-", f"{asked['method']} {asked['path'].removeprefix('/api/v1/')}")
        _write(folder / f"{place:02}-{name.lower()}.json", exchange)
    types = httpx.get(f"{url}/openapi.json").json()["components"]["schemas"]
    fields = {
        name: sorted(each["properties"]) for name, each in types.items() if "properties" in each
    }
    _write(folder / "fields.json", fields)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(*sys.argv[1:])
