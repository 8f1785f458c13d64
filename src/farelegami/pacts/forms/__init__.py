"""What people type about pacts, turned into cents, minutes and days."""
