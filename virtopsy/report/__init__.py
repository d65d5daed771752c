"""The conclusion as values, then as a document."""
