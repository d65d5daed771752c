"""How the index of an older archive becomes the index of today; objects and log never change."""
