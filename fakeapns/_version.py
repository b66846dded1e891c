"""The version, for the package, its wheel and the ledger."""

__version__ = "0.1.0"
