"""Looking at a ledger: what happened, for eyes. Whoever wants a part of it imports that part."""
