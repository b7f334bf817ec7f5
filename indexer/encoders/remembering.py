"""An encoder that does not encode its last texts again."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.encoders.base import Encoder, Rows, TokenRows, reader, token_encoder

# Of a question's tokens each takes some 16 kB.
MOST = 2_000


class RememberingEncoder:
    """An encoder for questions asked again and again: of report after report, or of many rankings.

    It keeps its last texts and judgements, MOST of each.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self._encoder = encoder
        self._of_tokens, self._reader = token_encoder(encoder), reader(encoder)
        self._known: dict[str, Rows] = {}
        self._tokens: dict[str, tuple[Rows, TokenRows]] = {}
        self._judged: dict[tuple[str, str], float] = {}

    def encode(self, texts: list[str]) -> Rows:
        """See Encoder.encode."""
        for text in texts:
            if text not in self._known:
                self._keep(self._known, text, self._encoder.encode([text])[0])
        return np.stack([self._known[text] for text in texts])

    @property
    def token_dim(self) -> int:
        """See TokenEncoder.token_dim."""
        return self._of_tokens.token_dim if self._of_tokens else 0

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        """See TokenEncoder.encode_tokens."""
        assert self._of_tokens is not None
        found = []
        for text in texts:
            if text not in self._tokens:
                rows, tokens = self._of_tokens.encode_tokens([text])
                self._keep(self._tokens, text, (rows[0], tokens[0]))
            found.append(self._tokens[text])
        return np.stack([row for row, _ in found]), [tokens for _, tokens in found]

    @property
    def reads(self) -> bool:
        """See Reader.reads."""
        return self._reader is not None

    def judge(self, question: str, window: str) -> float:
        """See Reader.judge."""
        assert self._reader is not None
        if (question, window) not in self._judged:
            self._keep(self._judged, (question, window), self._reader.judge(question, window))
        return self._judged[question, window]

    def _keep(self, known: dict[Any, Any], key: object, value: object) -> None:
        if len(known) >= MOST:
            del known[next(iter(known))]
        known[key] = value
