"""The index kept in the database, so that one more entry costs little: `store`; proofs out of it: `proofs`."""
