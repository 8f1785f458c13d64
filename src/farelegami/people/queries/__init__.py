"""What can be read about people, and by whom."""
