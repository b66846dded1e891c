"""What real libraries make of the catalogue: `python -m examples.matrix` writes docs/matrix.md."""
