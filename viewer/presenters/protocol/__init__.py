"""The protocol room: what the expert concludes, and handing it out."""
