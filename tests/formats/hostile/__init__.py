"""Files made to hurt (`make.py`)."""
