"""Reads of plans and of what is decided beside them."""
