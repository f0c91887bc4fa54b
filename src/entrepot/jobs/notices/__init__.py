"""What became of submitted jobs, told to whoever wants to know: written down once, then sent until it gets there."""
