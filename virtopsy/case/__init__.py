"""The case as one frozen value, and every way in which it may change."""
