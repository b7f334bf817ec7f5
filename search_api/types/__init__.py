"""What every face returns: the product contract. A field added has a default."""
