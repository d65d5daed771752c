"""The protocol room: the conclusion before it is sealed."""
