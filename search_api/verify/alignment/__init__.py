"""A quotation laid along a source, word by word, and what differs."""
