"""Report files to a store: numbered paragraphs, sentences, vectors and terms."""
