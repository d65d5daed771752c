"""What the expert marks; one file a kind."""
