"""The other side: a correct sender, and where a server is."""
