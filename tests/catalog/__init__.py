"""The catalog: a projection that is thrown away and rebuilt."""
