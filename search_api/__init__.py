"""Questions to cited answers: the engine behind the command line, the API and the page."""

from importlib.metadata import version

__version__ = version("pilcrow")
