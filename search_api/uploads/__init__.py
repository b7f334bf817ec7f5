"""Reports brought to a running server: an upload is a job, and a finished job the next store."""

from search_api.uploads.intake import Intake
from search_api.uploads.live import Live
from search_api.uploads.routes import add_uploads

__all__ = ["Intake", "Live", "add_uploads"]
