"""The court room: stops, showing them, the bundle."""
