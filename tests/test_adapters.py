"""LangChain, LlamaIndex and Haystack, each with a pipeline of its own parts over the seed."""

from __future__ import annotations

import asyncio
import importlib
import os
import pickle
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from indexer.errors import NotFoundError, PilcrowError, QuestionError
from search_api import Pilcrow, PilcrowClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.store import Store
    from search_api.client import Library

# Haystack reports its use to its makers unless told not to before it is imported.
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

pytestmark = pytest.mark.model

FOSTERING = "Why was the joint fostering service with North Tyneside dropped?"
QUOTE = "However, this approach was felt not to be cost-effective"
CITATION = "Northumberland (Ofsted, 14 May 2012), para 99"
OFF_TOPIC = "recipe for stottie cake"

# A passage as every framework gives it: id, text, metadata.
Found = tuple[str, str, dict[str, Any]]


def through_langchain(source: Library, query: str, limit: int = 10, **options: Any) -> list[Found]:
    from search_api.client.adapters.langchain import PilcrowRetriever

    documents = PilcrowRetriever(source=source, k=limit, **options).invoke(query)
    return [(doc.id or "", doc.page_content, doc.metadata) for doc in documents]


def through_llamaindex(source: Library, query: str, limit: int = 10, **options: Any) -> list[Found]:
    from search_api.client.adapters.llamaindex import PilcrowRetriever

    nodes = PilcrowRetriever(source, similarity_top_k=limit, **options).retrieve(query)
    assert [found.score for found in nodes] == [found.metadata["score"] for found in nodes]
    return [(found.node_id, found.text, found.metadata) for found in nodes]


def through_haystack(source: Library, query: str, limit: int = 10, **options: Any) -> list[Found]:
    from search_api.client.adapters.haystack import PilcrowRetriever

    documents = PilcrowRetriever(source, top_k=limit, **options).run(query)["documents"]
    assert [doc.score for doc in documents] == [doc.meta["score"] for doc in documents]
    return [(doc.id, doc.content or "", doc.meta) for doc in documents]


Through = Callable[..., list[Found]]
every_framework = pytest.mark.parametrize(
    "through",
    [through_langchain, through_llamaindex, through_haystack],
    ids=["langchain", "llamaindex", "haystack"],
)


@pytest.fixture(scope="module")
def local(seed_store: Store) -> Iterator[Pilcrow]:
    with Pilcrow.open(seed_store.folder) as pilcrow:
        yield pilcrow


@pytest.fixture(scope="module")
def remote(server_url: str) -> Iterator[PilcrowClient]:
    with PilcrowClient(server_url) as client:
        yield client


@pytest.fixture(params=["local", "remote"])
def source(request: pytest.FixtureRequest) -> Library:
    found: Library = request.getfixturevalue(request.param)
    return found


@every_framework
def test_passages_are_those_of_the_search_with_number_slice_and_citation(
    through: Through, source: Library
) -> None:
    found = through(source, FOSTERING, limit=4)
    hits = source.search(FOSTERING, limit=4).hits
    assert [text for _, text, _ in found] == [hit.text for hit in hits]
    for (name, text, metadata), hit in zip(found, hits, strict=True):
        assert name == f"{metadata['report']}/{metadata['key']}" == f"{hit.report}/{hit.key}"
        assert text[metadata["start"] : metadata["end"]] == metadata["quote"]
        assert metadata["score"] == hit.score
    name, _, metadata = found[0]
    assert (name, metadata["number"]) == ("northumberland-2012/99", "99")
    assert QUOTE in metadata["quote"]
    assert metadata["citation"] == CITATION
    assert metadata["url"].endswith("/reports/northumberland-2012/paragraphs/99")
    assert metadata["section"].endswith(hits[0].section[-1])


@every_framework
def test_only_answered_gives_nothing_for_what_the_report_does_not_say(
    through: Through, source: Library
) -> None:
    nearest = through(source, OFF_TOPIC, limit=3)
    unsure = [metadata["confidence"] for _, _, metadata in nearest]
    assert through(source, OFF_TOPIC, limit=3, only_answered=True) == []
    answered = through(source, FOSTERING, limit=3, only_answered=True)
    assert all(max(unsure) < metadata["confidence"] <= 1 for _, _, metadata in answered)
    assert answered == through(source, FOSTERING, limit=3)


@every_framework
def test_report_and_section_narrow_the_search(through: Through, local: Pilcrow) -> None:
    found = through(local, FOSTERING, section="being healthy", report="northumberland-2012")
    assert found
    assert all("being healthy" in metadata["section"].lower() for _, _, metadata in found)
    with pytest.raises(NotFoundError, match="saltmarsh"):
        through(local, FOSTERING, report="saltmarsh")


@every_framework
def test_what_cannot_be_asked_is_an_error_of_ours(through: Through, source: Library) -> None:
    with pytest.raises(QuestionError, match="the question is empty"):
        through(source, "?!")
    with pytest.raises(QuestionError, match="limit"):
        through(source, FOSTERING, limit=0)


def test_langchain_chain_puts_the_cited_words_before_a_model(local: Pilcrow) -> None:
    from langchain_core.documents import Document
    from langchain_core.language_models import ParrotFakeChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import ConfigurableField, RunnablePassthrough

    from search_api.client.adapters.langchain import PilcrowRetriever

    def quoted(documents: list[Document]) -> str:
        return "\n".join(f"{d.metadata['citation']}: {d.metadata['quote']}" for d in documents)

    retriever = PilcrowRetriever(source=local, k=2)
    prompt = ChatPromptTemplate.from_template("{question}\n{quotes}")
    chain = (
        {"question": RunnablePassthrough(), "quotes": retriever | quoted}
        | prompt
        | ParrotFakeChatModel()
        | StrOutputParser()
    )
    said = chain.invoke(FOSTERING)
    assert f"\n{CITATION}: " in said
    assert QUOTE in said
    assert asyncio.run(chain.ainvoke(FOSTERING)) == said
    assert chain.batch([FOSTERING, FOSTERING]) == [said, said]

    named = retriever.configurable_fields(section=ConfigurableField(id="section"))
    healthy = named.invoke(FOSTERING, config={"configurable": {"section": "Being healthy"}})
    assert all("Being healthy" in document.metadata["section"] for document in healthy)


@pytest.mark.filterwarnings("ignore:The function `loads` is in beta")
def test_langchain_retriever_and_its_documents_are_saved_and_loaded(server_url: str) -> None:
    from langchain_core.documents import Document
    from langchain_core.load import dumps, loads
    from langchain_core.prompts import PromptTemplate, format_document

    from search_api.client.adapters.langchain import PilcrowRetriever

    retriever = PilcrowRetriever(source=server_url, k=3)
    trusted: list[Any] = [PilcrowRetriever, Document]
    again = loads(dumps(retriever), allowed_objects=trusted, valid_namespaces=["search_api"])
    found = again.invoke(FOSTERING)
    assert again.k == len(found) == 3
    assert asyncio.run(again.ainvoke(FOSTERING)) == found
    assert again.invoke(FOSTERING, k=1) == asyncio.run(again.ainvoke(FOSTERING, k=1)) == found[:1]
    assert loads(dumps(found), allowed_objects=trusted) == found

    cited = PromptTemplate.from_template("[{citation}] {page_content}")
    assert format_document(found[0], cited).startswith(f"[{CITATION}] ")
    again.close()
    retriever.close()


def test_llamaindex_query_engine_answers_from_cited_nodes(local: Pilcrow) -> None:
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine

    from search_api.client.adapters.llamaindex import PilcrowRetriever

    retriever = PilcrowRetriever(local, similarity_top_k=2, only_answered=True)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    response = engine.query(FOSTERING)
    prompt = str(response)
    assert f"citation: {CITATION}" in prompt
    assert QUOTE in prompt
    assert "score:" not in prompt
    first = response.source_nodes[0].node
    assert (first.metadata["number"], first.ref_doc_id) == ("99", "northumberland-2012")

    assert str(asyncio.run(engine.aquery(FOSTERING))) == prompt
    nothing = engine.query(OFF_TOPIC)
    assert (str(nothing), nothing.source_nodes) == ("Empty Response", [])


@pytest.mark.parametrize("where", ["folder", "address"])
def test_llamaindex_engine_that_cites_is_made_of_what_was_saved(
    seed_store: Store, server_url: str, where: str, tmp_path: Path
) -> None:
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.core.storage.docstore import SimpleDocumentStore

    from search_api.client.adapters.llamaindex import PilcrowRetriever

    source = str(seed_store.folder) if where == "folder" else server_url
    kept = PilcrowRetriever(source, similarity_top_k=2)
    found = kept.retrieve(FOSTERING)
    # What a server is for is opened again where the retriever is loaded.
    again = pickle.loads(pickle.dumps(kept))
    assert [node.to_dict() for node in again.retrieve(FOSTERING)] == [n.to_dict() for n in found]

    engine = CitationQueryEngine.from_args(None, llm=MockLLM(), retriever=again)
    said = engine.query(FOSTERING)
    assert str(asyncio.run(engine.aquery(FOSTERING))) == str(said)
    assert "Source 1" in str(said)
    assert said.source_nodes[0].metadata["citation"] == CITATION

    docstore = SimpleDocumentStore()
    docstore.add_documents([each.node for each in found])
    docstore.persist(str(tmp_path / "nodes.json"))
    loaded = SimpleDocumentStore.from_persist_path(str(tmp_path / "nodes.json"))
    node = loaded.get_document("northumberland-2012/99")
    assert node is not None
    assert node.metadata == found[0].metadata
    kept.close()
    again.close()


@pytest.mark.parametrize("where", ["folder", "address"])
def test_haystack_pipeline_is_saved_loaded_and_run(
    seed_store: Store, server_url: str, where: str
) -> None:
    from haystack import Pipeline
    from haystack.components.builders import ChatPromptBuilder
    from haystack.components.generators.chat import MockChatGenerator
    from haystack.dataclasses import ChatMessage

    from search_api.client.adapters.haystack import PilcrowRetriever

    source = str(seed_store.folder) if where == "folder" else server_url
    template = [
        ChatMessage.from_user(
            "{{ question }}{% for d in documents %}\n{{ d.meta.citation }}: {{ d.content }}{% endfor %}"
        )
    ]
    pipeline = Pipeline()
    pipeline.add_component("retriever", PilcrowRetriever(source, top_k=2))
    pipeline.add_component("prompt", ChatPromptBuilder(template, required_variables="*"))
    pipeline.add_component("model", MockChatGenerator())
    pipeline.connect("retriever.documents", "prompt.documents")
    pipeline.connect("prompt.prompt", "model.messages")
    loaded = Pipeline.loads(pipeline.dumps(), allowed_modules=["search_api"])
    assert loaded.to_dict()["components"] == pipeline.to_dict()["components"]

    inputs = {"retriever": {"query": FOSTERING}, "prompt": {"question": FOSTERING}}
    said = loaded.run(inputs)["model"]["replies"][0].text
    assert f"\n{CITATION}: " in said
    assert QUOTE in said
    assert asyncio.run(loaded.run_async(inputs))["model"]["replies"][0].text == said
    loaded.close()

    narrow = inputs | {"retriever": {"query": FOSTERING, "section": "Being healthy", "top_k": 1}}
    assert CITATION not in loaded.run(narrow)["model"]["replies"][0].text
    loaded.close()


def test_haystack_asks_several_queries_at_once(local: Pilcrow) -> None:
    from haystack.components.retrievers import MultiQueryTextRetriever

    from search_api.client.adapters.haystack import PilcrowRetriever

    several = MultiQueryTextRetriever(retriever=PilcrowRetriever(local, top_k=2))
    found = several.run(queries=[FOSTERING, "What follows paragraph 29?", FOSTERING])["documents"]
    names = [document.id for document in found]
    assert len(names) == len(set(names))
    assert {"northumberland-2012/99", "northumberland-2012/30"} <= set(names)


def test_haystack_says_that_an_open_store_cannot_be_saved(local: Pilcrow) -> None:
    from haystack import Pipeline
    from haystack.core.errors import SerializationError

    from search_api.client.adapters.haystack import PilcrowRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", PilcrowRetriever(local))
    with pytest.raises(SerializationError, match=r"'Pilcrow' .* under key 'source'"):
        pipeline.dumps()


@pytest.mark.parametrize("module", ["langchain", "llamaindex", "haystack"])
def test_the_first_path_still_leads_to_the_retriever(module: str) -> None:
    first = importlib.import_module(f"search_api.adapters.{module}").PilcrowRetriever
    now = importlib.import_module(f"search_api.client.adapters.{module}").PilcrowRetriever

    assert issubclass(first, now)


def test_a_pipeline_of_haystack_saved_by_the_first_path_is_loaded() -> None:
    from haystack import Pipeline

    from search_api.adapters.haystack import PilcrowRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", PilcrowRetriever(".pilcrow", top_k=4))
    saved = pipeline.dumps()
    assert "search_api.adapters.haystack.PilcrowRetriever" in saved
    again = Pipeline.loads(saved, allowed_modules=["search_api"]).get_component("retriever")
    assert again.top_k == 4


@pytest.mark.parametrize("home", ["search_api.adapters", "search_api.client.adapters"])
@pytest.mark.parametrize(
    ("module", "package"),
    [("langchain", "langchain_core"), ("llamaindex", "llama_index"), ("haystack", "haystack")],
)
def test_a_missing_library_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, module: str, package: str, home: str
) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == package or name.endswith(f"adapters.{module}"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(PilcrowError, match=rf"pip install 'pilcrow\[{module}\]'"):
        importlib.import_module(f"{home}.{module}")
