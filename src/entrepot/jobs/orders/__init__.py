"""Orders: asked for, watched, cancelled and asked for again, by faces; workers carry them out (`jobs.worker`)."""
