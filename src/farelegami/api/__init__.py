"""The HTTP API for other programs: the same services, sight and refusals as the pages, by token."""
