"""Text into offers, opportunities and sessions."""
