"""What faults do to one connection to the API, in the language that faults speak."""

from .at import At

__all__ = ["At"]
