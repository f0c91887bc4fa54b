"""Jobs: what stands around an import or an undo, so that it is known afterwards whatever happened to the process."""
