"""What every table shares: application-made ids, database guards, sealed fields, pages by key."""
