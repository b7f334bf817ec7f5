"""How the shipped encoder and settings are made; not part of the installed package."""
