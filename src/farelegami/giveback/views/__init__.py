"""The pages of give-back."""
