"""The tools: typed functions over the store that is newest when they are called."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations
from pydantic import Field

from search_api.ask import answer
from search_api.citation.exports import Format, export, make_citation, source_line
from search_api.citation.style_files import DEFAULT, STYLES
from search_api.library.live import Live
from search_api.library.places import places_of
from search_api.mcp.outputs import (
    SCHEME,
    Found,
    ListedReports,
    PinpointCitation,
    Reply,
    Verified,
    WholeParagraphs,
    best_sentences,
    listed_report,
    page_of,
    reply,
    verified,
)
from search_api.verify.drafts.read_file import LONGEST, check_length
from search_api.verify.lookup.passage_index import index_store
from search_api.verify.verify import examine

# An agent reads all it is given, so it is given no more than it can use at once.
MOST_EXCERPTS = 10
MOST_REPORTS = 100
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Limit = Annotated[int, Field(ge=1, le=MOST_EXCERPTS, description="Most passages")]
OnlyReport = Annotated[
    str | None, Field(description="Only in this report (its id, from list_reports)")
]
OnlySection = Annotated[str | None, Field(description="Only under headings with this text")]
ReportId = Annotated[str, Field(description="Id of the report, from list_reports or a result")]


def add_tools(server: MCPServer[Any], live: Live) -> None:
    """Give a server its tools."""
    _add_finding(server, live)
    _add_reading(server, live)
    _add_citing(server, live)


def _add_finding(server: MCPServer[Any], live: Live) -> None:
    @server.tool(title="Ask the reports", annotations=READS)
    def ask_report(
        question: Annotated[str, Field(description="A question in plain words")],
        report: OnlyReport = None,
        section: OnlySection = None,
        limit: Limit = 5,
        after: Annotated[
            list[str], Field(description="The user's questions before it, oldest first")
        ] = [],  # noqa: B006
    ) -> Reply:
        """Answer a question from the reports in their own sentences with paragraph numbers.

        Use this first for any question about what a report says. `status` is "answered" or
        "not_found". When answered, quote `quotes` word for word and give each one's `citation`;
        change nothing inside quotation marks. When not_found, tell the user that the report does
        not answer it: `nearest` are related passages, not answers. Ask one thing at a time.
        """
        now = live.take()
        found = answer.answer(now.store, now.encoder, question, report, section, limit, after=after)
        return reply(found)

    @server.tool(title="Search paragraphs", annotations=READS)
    def search_paragraphs(
        query: Annotated[str, Field(description="What to look for, in words")],
        report: OnlyReport = None,
        section: OnlySection = None,
        limit: Limit = 5,
    ) -> Found:
        """Rank the passages of the reports for a query; the best sentence of each is shown.

        Use this to explore a subject, or to gather several paragraphs on it. It always finds
        something: that a passage ranks high does not mean that it answers a question; for that,
        use ask_report. Read a whole paragraph with get_paragraphs before you summarise it.
        """
        now = live.take()
        found = answer.search(now.store, now.encoder, query, report, section, limit)
        return Found(query=query, hits=best_sentences(found.hits))


def _add_reading(server: MCPServer[Any], live: Live) -> None:
    @server.tool(title="Read paragraphs", annotations=READS)
    def get_paragraphs(
        report: ReportId,
        numbers: Annotated[
            str,
            Field(
                description="`29`, a range `30-35`, a list `29, 31-33`, a sub-item `29(b)`, or "
                "keys such as `annex-1/1.1`",
                examples=["30-35"],
            ),
        ],
        offset: Annotated[
            int, Field(ge=0, description="`next_offset` of the page before; 0 to begin")
        ] = 0,
    ) -> WholeParagraphs:
        """Read paragraphs of a report whole, by their printed numbers.

        Use this for context around a quote, for a paragraph the user names, or before you
        summarise. `text` is the report's own wording; cite it with `citation`. A long range comes
        in pages: while `next_offset` is a number, ask again with it for what follows.
        """
        found = live.store.report(report)
        return page_of(found, places_of(found, numbers), offset)

    @server.tool(title="List the reports", annotations=READS)
    def list_reports(
        limit: Annotated[int, Field(ge=1, le=MOST_REPORTS, description="Most reports")] = 20,
        offset: Annotated[int, Field(ge=0, description="How many to pass over")] = 0,
    ) -> ListedReports:
        """List the reports that can be asked, with their ids and the numbers they run to.

        Use this to learn the `report` id that other tools take, or what there is to ask.
        """
        reports = live.store.reports
        listed = [listed_report(report) for report in reports[offset : offset + limit]]
        return ListedReports(total=len(reports), reports=listed)


def _add_citing(server: MCPServer[Any], live: Live) -> None:
    @server.tool(title="Cite paragraphs", annotations=READS)
    def cite(
        report: ReportId,
        numbers: Annotated[
            str, Field(description="`29`, `30-35` or `29, 31-33`", examples=["29, 31-33"])
        ],
        style: Annotated[
            str, Field(description=f"{', '.join(STYLES)}, or any CSL style by name")
        ] = DEFAULT,
        format: Annotated[  # noqa: A002
            Format, Field(description="Besides, export for a reference manager or another text")
        ] = "text",
    ) -> PinpointCitation:
        """Cite paragraphs of a report in a citation style, or as CSL-JSON, RIS or BibTeX.

        Use this when the user wants a style (OSCOLA, APA, ...) or an entry for a reference
        manager; for a plain citation the `citation` of any result will do. Put `in_text` beside
        the quotation and `bibliography` in the list of sources.
        """
        found = live.store.report(report)
        cited = make_citation(found, numbers, style, SCHEME)
        exported = None if format == "text" else export(found, numbers, format, style, SCHEME)
        return PinpointCitation(
            in_text=cited.in_text,
            bibliography=cited.bibliography,
            exported=exported,
            source=source_line(found),
            licence=found.metadata.licence,
            url=cited.permalink,
            link=cited.text_fragment_link,
        )

    @server.tool(title="Verify quotations", annotations=READS)
    def verify_quotes(
        text: Annotated[
            str,
            Field(
                description="The draft: plain text, Markdown or HTML, quotations in quotation "
                f"marks; at most {LONGEST:,} characters",
                examples=["“This approach was felt not to be cost-effective” (para 99)."],
            ),
        ],
        report: Annotated[
            str | None, Field(description="The report it is about (its id); else all are searched")
        ] = None,
    ) -> Verified:
        """Check every quotation and paragraph reference in a draft against the reports.

        Use this on your own answer before you give it, and on drafts of the user. Verdicts:
        "found" (right), "wrong_paragraph" (cite `paragraph` instead), "altered" (`actual` has the
        report's words, `difference` what was changed), "distorted" (the words are there, but what
        `difference` names turns their sense: quote more of the sentence), "other_source" (said of
        something else than a report here, not judged), "not_found" (the report does not say it:
        do not present it as a quotation). Mend and check again until none is to be mended.
        """
        check_length(text)
        index = live.take().made(index_store)
        return verified(index, examine(index, text, report))
