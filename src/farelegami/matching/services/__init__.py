"""Making plans and deciding about their proposals."""
