"""Citations in any style, and exports."""
