"""Reading offers, opportunities, matches and sessions."""
