"""Generated fleets, from a hundred containers to a million."""
