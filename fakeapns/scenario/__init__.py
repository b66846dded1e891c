"""What may go wrong, as written: faults, steps, settings, and the files that hold them."""
