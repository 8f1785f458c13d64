"""What give-back allows, without a database."""
