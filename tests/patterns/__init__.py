"""Every regular expression of the packages, and texts that would make it slow."""
