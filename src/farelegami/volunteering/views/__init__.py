"""Pages for bodies that take volunteers and for the staff of the district."""
