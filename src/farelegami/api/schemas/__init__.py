"""What goes in and out, as typed rows: the schema of the API is made of these."""
