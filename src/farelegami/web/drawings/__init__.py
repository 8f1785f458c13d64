"""Pictures made on the server: SVG text with a sentence that says the same."""
