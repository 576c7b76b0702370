"""One vault and many processes, machines and media: at once, killed, read-only, copied back, copied away."""
