"""A draft to plain text: files read, Markdown, HTML and LaTeX to blocks at their offsets."""
