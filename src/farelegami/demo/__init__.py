"""The demonstration province: invented people whose pacts are lived through the real services."""
