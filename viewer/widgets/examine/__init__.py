"""The examine room: four views, tools, findings."""
