"""The page: templates, scripts and styles, shipped inside the wheel."""
