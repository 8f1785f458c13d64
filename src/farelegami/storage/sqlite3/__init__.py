"""SQLite as Django speaks it, but for one thing: a file that is not there is not made by looking."""
