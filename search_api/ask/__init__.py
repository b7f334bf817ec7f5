"""A question to an answer: passages ranked, sentences quoted, and whether any answers."""
