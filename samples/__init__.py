"""Invented documents that show what the repository holds; see README.md."""
