"""What every court bundle carries beside its evidence: the verifier and how to use it."""
