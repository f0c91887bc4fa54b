"""ZIP archives that strangers made: what must hold of one before a byte of its members is read, and the reading.

Packages, archives of files and workbooks are such archives, so this stands below all that open one."""
