"""A quotation to where the reports have it, or what is nearest to it."""
