"""The templates in `web`, and what they are filled with: scripts, styles, marked text."""
