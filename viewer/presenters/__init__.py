"""What the screen says and does, without a screen: no Qt, no VTK, no SQL."""
