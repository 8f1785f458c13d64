"""The two databases as a backup meets them: tables as they are, lines out, lines in."""
