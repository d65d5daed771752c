"""Cases, archive and login on the screen."""
