"""Faces for programs that were written for other systems: their words, which come to those of `service`."""
