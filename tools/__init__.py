"""Tools for those who work on the product, and the verifier, which stands alone."""
