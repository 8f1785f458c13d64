"""Files people bring: checked by content, limited, hashed, opened by right of their owner."""
