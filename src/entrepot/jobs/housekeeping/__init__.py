"""What is no longer kept goes: stored files, plans, jobs that were over long ago, and what dead processes have left."""
