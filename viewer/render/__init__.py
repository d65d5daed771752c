"""Pixels from volumes: slices and 3D as numpy pictures, no window system, no Qt."""
