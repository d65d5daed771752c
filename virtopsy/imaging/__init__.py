"""Voxels and what can be computed from them without a screen."""
