"""Looking at a ledger."""
