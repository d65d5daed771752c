"""What is seen: presenters, pictures, widgets, commands."""
