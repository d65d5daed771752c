"""The court room: stops, and their showing on the full screen."""
