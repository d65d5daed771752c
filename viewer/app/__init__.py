"""The window's parts are built once, here."""
