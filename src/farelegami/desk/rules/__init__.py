"""Words and thresholds of the desk, without a database."""
