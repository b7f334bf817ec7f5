"""Texts to unit vectors: the shipped encoder, or any sentence-transformers model."""

from indexer.encoders.base import DEFAULT_MODEL, Encoder

__all__ = ["DEFAULT_MODEL", "load_encoder"]


def load_encoder(name: str = DEFAULT_MODEL) -> Encoder:
    """The encoder of a name; it loads its weights on first use."""
    if name == DEFAULT_MODEL:
        from indexer.encoders.onnx import OnnxEncoder

        return OnnxEncoder()
    from indexer.encoders.sentence_transformer import SentenceEncoder

    return SentenceEncoder(name)
