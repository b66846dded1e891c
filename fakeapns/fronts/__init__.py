"""Each service without I/O: bytes and the moment in, entries and actions out."""
