"""What a push is, whom it reaches and what becomes of it. No wire, no I/O, no clock."""
