"""What is decided about people without a database: households, ties, weeks, codes, duplicates."""
