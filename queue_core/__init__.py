"""The rules of the queue: pure, standard library only.

A clock reading, an id or a random number is always an argument. `handle` is the one way in;
`calling` orders the waiting; `life` is the table of a ticket's life.
"""
