"""Pure functions of proof: bytes, hashes, signatures; each cites the rule it implements."""
