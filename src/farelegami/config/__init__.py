"""The top floor: settings, addresses, the server's entry, the `farelegami` command."""
