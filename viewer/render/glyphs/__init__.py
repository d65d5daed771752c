"""What findings look like in 3D: one file a kind."""
