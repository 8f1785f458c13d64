"""Writing offers, opportunities, matches and sessions."""
