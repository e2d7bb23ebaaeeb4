"""The web console of the staff: what /admin shows in the chat, and more, with room."""
