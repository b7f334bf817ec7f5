"""Reports brought to a running server: an upload is a job, and a finished job the next store."""
