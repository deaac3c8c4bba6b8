"""The subcommands of ``loadline``, one a file, and what several of them share."""
