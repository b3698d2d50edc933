"""What several rules want to know of one kind of file."""
