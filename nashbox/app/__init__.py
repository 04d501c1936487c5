"""The web page: two tabs, one a game, in a browser on this machine.

Widgets live in the server's process (`page`, `estimation_tab`, `testing_tab`), all computing and
drawing in processes of their own (`desk_estimation`, `desk_testing`, `long_work`, reached through
`jobs`): whatever is being computed, the page answers, and work can be cancelled by ending its
process. The parts without widgets are tested without a browser.
"""
