"""The gateway: one connection that takes notifications."""
