"""What is asked every day, as tables: a projection of the records that can be thrown away and rebuilt."""
