"""What a person may do with the archive; every act names its actor and is refused by default."""
