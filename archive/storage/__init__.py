"""The only rooms that touch the file system and the database."""
