"""What programs of ours write while they run: lines with what they are about, and without secrets."""
