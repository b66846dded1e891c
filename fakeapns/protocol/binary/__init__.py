"""The binary interface of 2009 to 2021: the gateway's frames and the feedback list."""
