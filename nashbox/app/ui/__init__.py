"""The page's widgets and what they show; the one part that needs the extra `web`."""
