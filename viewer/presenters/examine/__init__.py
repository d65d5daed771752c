"""The examine room: opening a scan, looking at it, marking findings."""
