"""Files that people have: bytes in, columns out, or a refusal that names the line."""
