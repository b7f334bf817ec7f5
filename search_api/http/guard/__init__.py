"""The guard between the network and the application: keys, limits, logs."""

from search_api.http.guard.api_keys import Key, Keys
from search_api.http.guard.config import Guard, guard_of

__all__ = ["Guard", "Key", "Keys", "guard_of"]
