"""What the court is shown, stop by stop."""
