"""The pages of the family."""
