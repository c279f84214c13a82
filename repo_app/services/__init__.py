"""What the repository does, as functions. No Flask here."""
