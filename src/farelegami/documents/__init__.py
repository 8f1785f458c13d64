"""Files people bring: checked by content, limited, hashed, opened only through their owner's right."""
