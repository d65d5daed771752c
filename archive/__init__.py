"""What can be proven: objects kept byte for byte, and a log that only grows."""
