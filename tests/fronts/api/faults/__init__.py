"""What faults do to a connection to the API, by hand and under virtual time."""
