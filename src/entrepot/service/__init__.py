"""What faces call: one object, whose parts are one file each."""
