"""The web page: one game at a time, of any kind, in a browser on this machine.

Widgets live in the server's process (`ui`), all computing and drawing in processes of their own
(`desk`, `views`, `plots`, `long_work`, reached through `jobs`): whatever is being
computed, the page answers, and work can be cancelled by ending its process. Only `ui` needs the
extra `web`; the rest is tested without a browser.
"""
