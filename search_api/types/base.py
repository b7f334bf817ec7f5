"""The bases of what every face returns: immutable values, and how a notebook shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from indexer.errors import PilcrowError

if TYPE_CHECKING:
    from pandas import DataFrame


class Frozen(BaseModel):
    """Base of all: immutable values."""

    model_config = ConfigDict(frozen=True)


class Display(Protocol):
    """The layout of results in a notebook."""

    def as_frame(self, result: Any) -> DataFrame:
        """A result as a pandas frame."""
        ...

    def as_html(self, result: Any) -> str:
        """A result as HTML."""
        ...


class Displayed(Frozen):
    """Base of what a notebook shows, laid out by `search_api.client.display` once that is loaded.

    It is whenever a library is: these types know nothing of what shows them.
    """

    display: ClassVar[Display | None] = None

    def _repr_html_(self) -> str | None:
        """What Jupyter shows."""
        return self.display.as_html(self) if self.display is not None else None


class Tabular(Displayed):
    """Base of what is a data frame as well."""

    def to_frame(self) -> DataFrame:
        """A pandas frame with a row a quote, or a row a hit: number, key, section, quote, ...

        An answer that was not found has one row, its quote null.

        Raises:
            PilcrowError: pandas is not installed.
        """
        if self.display is None:
            raise PilcrowError("a data frame needs the client; run: import search_api.client")
        return self.display.as_frame(self)


NextPage = Annotated[
    str | None, Field(description="Send it as `cursor` for the next page; null at the end")
]
