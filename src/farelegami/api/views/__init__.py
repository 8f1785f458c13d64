"""One module for each thing of the domain; each handler reads or calls one service."""
