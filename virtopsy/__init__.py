"""What is true about a body and a case: geometry, images, findings. No screen, no database."""
