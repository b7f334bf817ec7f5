"""What a client can attach or read by address: `pilcrow://reports/ID/paragraphs/KEY`."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from mcp.server.mcpserver import MCPServer
from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    Resource,
    ResourceTemplateReference,
)

from indexer.report import Report
from search_api.library import catalog
from search_api.library.links.old_links import resolve
from search_api.library.live import Live
from search_api.mcp.outputs import ListedReports, listed_report, whole_paragraph

REPORTS = "pilcrow://reports"
REPORT = f"{REPORTS}/{{report}}"
# A key may hold slashes.
PARAGRAPH = f"{REPORT}/paragraphs/{{+key}}"
JSON = "application/json"
# The protocol's own bound.
MOST_COMPLETIONS = 100


def add_resources(server: MCPServer[Any], live: Live) -> None:
    """Give a server its resources, and completion for what their addresses take."""

    @server.resource(REPORTS, title="Reports", mime_type=JSON)
    def reports() -> str:
        """Every report in the store."""
        found = live.store.reports
        listed = ListedReports(total=len(found), reports=[listed_report(each) for each in found])
        return listed.model_dump_json()

    @server.resource(REPORT, title="A report", mime_type=JSON)
    def report(report: str) -> str:
        """A report's metadata, outline, numbering audit and abbreviations; not its text."""
        found = live.store.report(report)
        return catalog.detail(found).model_dump_json(exclude={"order"})

    @server.resource(PARAGRAPH, title="A paragraph", mime_type=JSON)
    def paragraph(report: str, key: str) -> str:
        """A paragraph's text with its citation; an old number is followed, with a notice."""
        found = live.store.report(report)
        now = resolve(found, key)
        return whole_paragraph(found, now.place, now.notice).model_dump_json()

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(
        _ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        reports = (await to_thread.run_sync(lambda: live.store)).reports
        known = (context.arguments if context else None) or {}
        if argument.name == "report":
            names = [each.id for each in reports]
        else:
            of = [each for each in reports if each.id == known.get("report")]
            names = [passage.key for each in of for passage in each.passages]
        fitting = [name for name in names if name.startswith(argument.value)]
        return Completion(
            values=fitting[:MOST_COMPLETIONS],
            total=len(fitting),
            has_more=len(fitting) > MOST_COMPLETIONS,
        )


def as_resource(report: Report) -> Resource:
    """A report as a client lists it."""
    listed = listed_report(report)
    return Resource(uri=listed.url, name=listed.id, title=listed.title, mime_type=JSON)
