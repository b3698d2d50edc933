"""Weight maps between independent implementations: right, refused with the reason, or wrong."""
