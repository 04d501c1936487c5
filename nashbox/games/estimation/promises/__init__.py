"""What mechanisms and strategies of mean estimation promise, and how they are held to it."""
