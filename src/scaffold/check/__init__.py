"""Hold a repository against its house: rules, waivers, fixes, gates. Nothing of it is run."""
