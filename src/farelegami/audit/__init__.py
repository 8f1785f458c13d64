"""Who wrote and who read what, when and why: only added to, chained by hash, checked by anyone."""
