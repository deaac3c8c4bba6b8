"""The subcommands of ``loadline``, one a file."""
