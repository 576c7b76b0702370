"""What locks an identity file: `interface` says what a protector does, each other file is one."""
