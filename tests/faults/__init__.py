"""An error, a full disk and a kill at every file system call of a command, and what is left of the vault afterwards."""
