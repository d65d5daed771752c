"""What the mouse does: drafts in LPS mm that end as one command."""
