"""The object that users hold, in trio and in a thread."""
