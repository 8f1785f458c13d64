"""Backups: one sealed file that holds every row and every document, and the way back from it."""
