"""Opening the archive and saving the case in it."""
