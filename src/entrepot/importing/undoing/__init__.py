"""Taking jobs back: journal → compare → plan → change."""
