"""What a pact is and may become, without a database: terms, stages, money, meetings, closing."""
